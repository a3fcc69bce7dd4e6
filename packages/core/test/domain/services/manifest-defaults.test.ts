import { expect, test } from '@jest/globals';
import { childProcess, localWasm, remote } from '../../../src/domain/services/manifest-defaults.ts';
import { parseManifest } from '../../../src/validation/index.ts';

const defaults = {
  enabled: true,
  autostart: true,
  restartPolicy: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 },
  policyRef: 'default',
};

const head = { apiVersion: 'clarity.runtime/v1', kind: 'MCPService' };

test('localWasm, remote and childProcess return valid manifests with the defaults when no option is given', () => {
  expect(parseManifest(localWasm('/w/build/bills.v2.wasm'))).toEqual({
    ...head,
    metadata: { sourceFile: '/w/build/bills.v2.wasm', module: 'bills.v2' },
    spec: { origin: { type: 'local_wasm', wasmPath: '/w/build/bills.v2.wasm', entry: 'mcp_main' }, ...defaults },
  });
  const endpoint = 'https://a.example/v1/Bills-API?x=1';
  expect(parseManifest(remote(endpoint))).toEqual({
    ...head,
    metadata: { sourceFile: 'https://a.example/v1/Bills-API', module: 'bills_api' },
    spec: { origin: { type: 'remote_mcp', endpoint, transport: 'streamable_http' }, ...defaults },
  });
  expect(parseManifest(childProcess('/usr/bin/npx.cmd', ['-y', 'server']))).toEqual({
    ...head,
    metadata: { sourceFile: '/usr/bin/npx.cmd', module: 'npx' },
    spec: { origin: { type: 'local_process', command: '/usr/bin/npx.cmd', args: ['-y', 'server'] }, ...defaults },
  });
});

test('options of remote replace the defaults and undefined options add no member', () => {
  const manifest = remote('http://a.example', {
    module: 'a',
    displayName: undefined,
    transport: 'sse_http',
    authRef: undefined,
    timeoutMs: 500,
    autostart: false,
    policy: { denyTools: ['x'] },
  });
  expect(manifest.metadata).toStrictEqual({ sourceFile: 'http://a.example', module: 'a' });
  expect(manifest.spec).toStrictEqual({
    origin: { type: 'remote_mcp', endpoint: 'http://a.example', transport: 'sse_http', timeoutMs: 500 },
    ...defaults,
    autostart: false,
    policy: { denyTools: ['x'] },
  });
});

test('remote names the module after the host, or remote_service, when the path is empty', () => {
  expect(remote('https://Mcp.Example.com:8443/').metadata.module).toBe('mcp_example_com');
  expect(remote('not a url').metadata.module).toBe('remote_service');
});

test('childProcess leaves out an empty env and keeps cwd', () => {
  const { origin } = childProcess('node', ['s.js'], { cwd: '/w', env: [] }).spec;
  expect(origin).toStrictEqual({ type: 'local_process', command: 'node', args: ['s.js'], cwd: '/w' });
});
