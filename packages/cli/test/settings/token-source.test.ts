import { openSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { daemonSettings } from '../../src/settings/daemon-settings.ts';
import { resolveSettings } from '../../src/settings/setting.ts';
import { isSharedFile, withToken } from '../../src/settings/token-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function tokenWith(cwd: string, flags: Record<string, string>, env: Record<string, string> = {}) {
  return (await withToken(resolveSettings(daemonSettings, flags, env), cwd)).authToken;
}

test('T-361 R04b law: the token is the first line of the file, and every other content is refused', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'token');
  const line = fc.oneof(fc.stringMatching(/^[\x21-\x7e]{1,40}$/), fc.string({ unit: 'binary', maxLength: 20 }));
  const property = fc.asyncProperty(line, fc.constantFrom('', '\n', '\r\n', '\nmore'), async (text, end) => {
    await writeFile(path, text + end);
    const [first = ''] = Buffer.from(text).toString('latin1').split('\n', 1);
    const read = await tokenWith(folder.path, { 'auth-token-file': 'token' }).catch((error: unknown) => error);
    if (/^[\x21-\x7e]+$/.test(first.trim())) expect(read).toMatchObject({ value: first.trim(), source: 'flag' });
    else expect(read).toMatchObject({ exitCode: 2, message: expect.stringContaining('--auth-token-file') });
  });
  await fc.assert(property, { numRuns: 60 });
});

test('R04b a token file that is absent, too long or a folder fails the start with exit code 2', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'long'), 'x'.repeat(5_000));
  for (const name of ['absent', 'long', '.']) {
    const refused = tokenWith(folder.path, {}, { CLARITYD_AUTH_TOKEN_FILE: name, CLARITYD_AUTH_TOKEN: 'other' });
    await expect(refused).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('the token of CLARITYD_AUTH_TOKEN_FILE cannot be read'),
    });
  }
});

test('R04b a flag precedes every variable, the file precedes the token, and two flags are refused', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'token'), 'from-file\n');
  const env = { CLARITYD_AUTH_TOKEN_FILE: 'token', CLARITYD_AUTH_TOKEN: 'from-variable' };
  const found = async (flags: Record<string, string>) => (await tokenWith(folder.path, flags, env)).value;
  expect(await found({})).toBe('from-file');
  expect(await found({ 'auth-token': 'from-flag' })).toBe('from-flag');
  const both = found({ 'auth-token': 'from-flag', 'auth-token-file': 'token' });
  await expect(both).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('exclude each other') });
});

test('R04b the token is read from an inherited descriptor, and a closed one is refused', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'token'), 'from-descriptor\n');
  const fd = openSync(join(folder.path, 'token'), 'r');
  const flags = { 'auth-token-fd': String(fd) };
  expect(await tokenWith(folder.path, flags)).toMatchObject({ value: 'from-descriptor', name: '--auth-token-fd' });
  await expect(tokenWith(folder.path, { 'auth-token-fd': '999' })).rejects.toMatchObject({ exitCode: 2 });
  await expect(tokenWith(folder.path, { 'auth-token-fd': '1' })).rejects.toMatchObject({ exitCode: 2 });
});

test('R04b a token file that other users can read is reported', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'token');
  await writeFile(path, 'x');
  await chmod(path, 0o600);
  expect(await isSharedFile(path)).toBe(false);
  await chmod(path, 0o640);
  expect(await isSharedFile(path)).toBe(true);
  expect(await isSharedFile('/dev/null')).toBe(false);
});
