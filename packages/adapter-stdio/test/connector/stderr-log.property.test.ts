import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Secret } from '@clarity-runtime/core';
import { Redactor } from '@clarity-runtime/core/internal';
import { StderrLog } from '../../src/connector/stderr-log.ts';

const HEAD_BYTES = 512;

function logged(secret: string, chunks: readonly Uint8Array[]): string {
  const lines: string[] = [];
  const redactor = Redactor.of([new Secret(secret)]);
  const log = new StderrLog({ log: (line) => lines.push(line), onDropped: () => undefined, redactor });
  for (const chunk of chunks) log.push(chunk);
  return lines.join('\n');
}

const spelled: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  json: (secret) => JSON.stringify(secret).slice(1, -1),
  unicode: (secret) => Array.from(secret, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  percent: (secret) => Array.from(Buffer.from(secret), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  html: (secret) => Array.from(secret, (c) => `&#${String(c.codePointAt(0))};`).join(''),
  hex: (secret) => Buffer.from(secret).toString('hex'),
  base64: (secret) => Buffer.from(secret).toString('base64'),
  hidden: (secret) => secret.replace(/^(.{3})/, '$1\u200b'),
};

/** Secrets of printable characters that do not occur in the words around them, some longer than the head of a line. */
const secrets = fc
  .array(fc.constantFrom(...Array.from('QZXVJKqzxvjk0123456789_-"\\\u00e9\u4e2d')), { minLength: 12, maxLength: 900 })
  .map((units) => `QZ${units.join('')}7k`);

test.each(Object.keys(spelled))('R10c StderrLog shows no part of a %s secret at any cut position', (name) => {
  fc.assert(
    fc.property(secrets, fc.integer({ min: -600, max: 520 }), fc.integer({ min: 1, max: 900 }), (secret, at, size) => {
      const text = spelled[name]?.(secret) ?? secret;
      const start = Math.max(0, HEAD_BYTES + at - 40);
      const line = Buffer.from(`${'. '.repeat(600).slice(0, start)}${text}${' .'.repeat(4_096)}\nnext\n`);
      const chunks = Array.from({ length: Math.ceil(line.length / size) }, (_, i) =>
        line.subarray(i * size, (i + 1) * size),
      );
      const shown = logged(secret, chunks);
      const rest = shown.replaceAll('[redacted]', '').replace('next', '');
      expect(rest.replace(/[. \n\u2026]/g, '').length).toBeLessThan(name === 'plain' || name === 'hidden' ? 2 : 10);
      if (name === 'plain') expect(shown).not.toContain(secret.slice(0, 3));
    }),
    { numRuns: 40 },
  );
});

test('T-373 R10c StderrLog hides a secret at every position of a line of at most 4,096 bytes', () => {
  const secret = 'sk-live-4711-canary';
  for (const start of [0, 1, 100, 2_000, 4_000, 4_076, 4_077]) {
    const line = `${'.'.repeat(start)}${secret}`;
    for (const size of [1, 7, 4_096]) {
      const bytes = Buffer.from(`${line}\n`);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect(logged(secret, chunks)).toBe(`${'.'.repeat(start)}[redacted]`);
    }
  }
});
