import { expect, test } from '@jest/globals';
import { parseManifest } from '../../src/validation/index.ts';
import { refusal } from './refusal.ts';

const named = (displayName: string): unknown => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'MCPService',
  metadata: { sourceFile: '/src/a.clarity', module: 'a', displayName },
  spec: {
    origin: { type: 'local_wasm', wasmPath: '/src/a.wasm', entry: 'mcp_main' },
    enabled: true,
    autostart: true,
    restartPolicy: { mode: 'never', maxRestarts: 0, windowSeconds: 60 },
    policyRef: 'default',
  },
});

test.each([
  ['an escape sequence', '\u001b[31mred'],
  ['a control sequence of one character', '\u009b31mred'],
  ['a line break', 'one\ntwo'],
  ['a reversed direction', 'a\u202egpj.exe'],
  ['an isolated direction', 'a\u2066b\u2069'],
  ['a lone surrogate', 'a\ud800'],
])('L02 metadata.displayName with %s is rejected', (_, name) => {
  const message = 'invalid manifest: metadata.displayName must be text without control characters';
  expect(refusal(named(name)).message).toBe(message);
});

test('L02 metadata.displayName accepts markup as plain text', () => {
  const displayName = '<img src=x onerror=alert(1)>';
  expect(parseManifest(named(displayName)).metadata.displayName).toBe(displayName);
});
