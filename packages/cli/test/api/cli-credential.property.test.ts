import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { openUserKey, type UserKey } from '@clarity-runtime/adapter-store-fs';
import fc from 'fast-check';
import { cliCredential, isCliCredential } from '../../src/api/cli-credential.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const TARGET = { instance: 'a1b2', port: 4707 };
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

let key: UserKey;
beforeAll(async () => {
  key = await openUserKey({ folder: await mkdtemp(join(tmpdir(), 'clarity-key-')) });
});

test('a credential of the user is valid for its daemon, for a minute', () => {
  const credential = cliCredential(key, TARGET, NOW);
  for (const seconds of [-60, 0, 60]) expect(isCliCredential(credential, key, TARGET, later(seconds))).toBe(true);
  for (const seconds of [-62, 62, 86_400]) expect(isCliCredential(credential, key, TARGET, later(seconds))).toBe(false);
});

test('T-467 a credential for another daemon, another port, another time or of another key is not valid', async () => {
  const credential = cliCredential(key, TARGET, NOW);
  expect(isCliCredential(credential, key, { ...TARGET, instance: 'a1b3' }, NOW)).toBe(false);
  expect(isCliCredential(credential, key, { ...TARGET, port: 4708 }, NOW)).toBe(false);
  const moved = credential.replace(/\d{10}/, String(Math.floor(later(30).getTime() / 1000)));
  expect(isCliCredential(moved, key, TARGET, later(30))).toBe(false);
  const other = await openUserKey({ folder: await mkdtemp(join(tmpdir(), 'clarity-key-')) });
  expect(isCliCredential(credential, other, TARGET, NOW)).toBe(false);
});

test('T-467 a text with one other character, and any other text, is not a credential', () => {
  const credential = cliCredential(key, TARGET, NOW);
  fc.assert(
    fc.property(fc.nat(credential.length - 1), fc.constantFrom('a', 'Z', '0', '9', '-', '_', '.'), (at, character) => {
      const text = credential.slice(0, at) + character + credential.slice(at + 1);
      expect(isCliCredential(text, key, TARGET, NOW)).toBe(text === credential);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(isCliCredential(text, key, TARGET, NOW)).toBe(false);
    }),
  );
});

test('a key that ends with the daemon makes no valid credential; a key file does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clarity-key-'));
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, randomBytes(32).toString('hex'));
  const fromFile = await openUserKey({ folder, keyFile });
  expect(isCliCredential(cliCredential(fromFile, TARGET, NOW), fromFile, TARGET, NOW)).toBe(true);
  const ephemeral: UserKey = { ...fromFile, ephemeral: 'no place' };
  expect(isCliCredential(cliCredential(ephemeral, TARGET, NOW), ephemeral, TARGET, NOW)).toBe(false);
});
