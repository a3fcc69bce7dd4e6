import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { MemorySecretStore } from '@clarity-runtime/core/memory';
import { ApiClient } from '../../src/api/api-client.ts';
import { ParsedArgs } from '../../src/arguments/command-grammar.ts';
import { auth } from '../../src/commands/auth-command.ts';
import { Output } from '../../src/terminal/output.ts';
import { readAll, type SecretInput } from '../../src/terminal/secret-input.ts';
import { capture } from '../support/capture.ts';
import { fakeDaemon, type FakeDaemon } from '../support/fake-daemon.ts';

const CANARY = 'Canary-5e2c';

/** Runs `auth set-secret` with these arguments on a terminal. */
async function setSecret(daemon: FakeDaemon, secretInput: SecretInput, ...words: string[]): Promise<string> {
  const stream = capture(80);
  const [ref = 'file:a', secret] = words;
  const values = { action: 'set-secret', ref, ...(secret === undefined ? {} : { secret }) };
  await auth.run(new ParsedArgs(values), {
    api: new ApiClient({ daemonUrl: new URL(daemon.url) }),
    output: new Output({ stdout: stream, stderr: stream, env: {} }),
    cwd: '/',
    env: {},
    secretInput,
  });
  return stream.text;
}

const stored = async (store: MemorySecretStore, name: string): Promise<string | undefined> =>
  (await store.read('default', name))?.secret.reveal();

test('[cli.auth.set-secret] T-240 set-secret reads stdin or a prompt, and warns about an argument', async () => {
  const secretStore = new MemorySecretStore();
  await using daemon = await fakeDaemon({ adapters: { secretStore } });
  const asked: string[] = [];
  const input: SecretInput = {
    piped: () => readAll(Readable.from([Buffer.from('pi'), Buffer.from('ped-secret\r\n')])),
    ask: (question) => Promise.resolve(asked.push(question) > 0 ? 'typed' : ''),
  };
  expect(await setSecret(daemon, input, 'file:a', '-')).toBe('file:a is stored\n');
  expect(await stored(secretStore, 'a')).toBe('piped-secret');
  await setSecret(daemon, input);
  expect(asked).toEqual(['Secret (not shown): ']);
  expect(await stored(secretStore, 'a')).toBe('typed');
  const warned = await daemon.ctl(['auth', 'set-secret', 'file:a', CANARY]);
  expect(warned).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('warning: `ps`') });
  expect(JSON.parse(warned.stdout)).toMatchObject({ authRef: 'file:a', provider: 'file', written: true });
  expect(warned.stdout + warned.stderr).not.toContain(CANARY);
  expect(await stored(secretStore, 'a')).toBe(CANARY);
});

test('set-secret stops reading when stdin exceeds the size limit of a secret', async () => {
  await expect(readAll(Readable.from([Buffer.alloc(60_000), Buffer.alloc(60_000)]))).rejects.toThrow('too long');
});

test('[cli.auth.validate] auth validate exits 1 with the reason when the reference does not resolve', async () => {
  await using daemon = await fakeDaemon();
  const missing = await daemon.ctl(['auth', 'validate', 'file:a']);
  expect(missing.exitCode).toBe(1);
  expect(JSON.parse(missing.stdout)).toMatchObject({ valid: false, provider: 'file' });
  expect((await daemon.ctl(['auth', 'validate', 'file:a'], { columns: 80 })).stdout).toContain(
    "the stored secret 'a' does not exist",
  );
  await daemon.runtime.secrets.set(embeddedCaller, 'file:a', CANARY);
  const found = await daemon.ctl(['auth', 'validate', 'file:a'], { columns: 80 });
  expect(found).toMatchObject({ exitCode: 0, stdout: 'the reference resolves; headers: Authorization\n' });
});

test('[cli.auth.providers] [cli.auth.list-secrets] [cli.auth.delete-secret] auth prints text and JSON', async () => {
  await using daemon = await fakeDaemon();
  const shown = async (...words: string[]): Promise<string> =>
    (await daemon.ctl(['auth', ...words], { columns: 100 })).stdout;
  const told = async (...words: string[]): Promise<unknown> =>
    JSON.parse((await daemon.ctl(['auth', ...words])).stdout);
  expect(await shown('list-secrets')).toContain('no secrets yet');
  await daemon.runtime.secrets.set(embeddedCaller, 'file:a/b', CANARY);
  expect(await shown('list-secrets')).toBe('file:a/b\n');
  expect(await told('list-secrets')).toMatchObject({ count: 1 });
  expect(await shown('providers')).toMatch(/file +ready +secrets are kept in memory/);
  expect(await told('providers')).toMatchObject({ providers: [{ name: 'legacy_env' }, {}, { supported: true }, {}] });
  expect(await told('delete-secret', 'file:a/b')).toMatchObject({ deleted: true });
  expect(await shown('delete-secret', 'file:a/b')).toBe('file:a/b did not exist\n');
});

test.each([
  ['an unknown action', ['rotate'], 2, "unknown action 'auth rotate'"],
  ['no reference', ['validate'], 2, 'clarityctl auth validate <auth_ref>'],
  ['one word too many', ['validate', 'a', 'b'], 2, 'clarityctl auth validate <auth_ref>'],
  ['no secret and no terminal', ['set-secret', 'file:a'], 2, 'the secret is missing'],
  ['a name outside the secrets folder', ['set-secret', 'file:../a', CANARY], 1, 'a path inside the secrets folder'],
  ['a provider that stores nothing', ['delete-secret', 'env:A'], 1, 'only supports file authRef values'],
])('auth reports %s on stderr', async (_, words, exitCode, message) => {
  await using daemon = await fakeDaemon();
  const ran = await daemon.ctl(['auth', ...words]);
  expect([ran.exitCode, ran.stdout]).toEqual([exitCode, '']);
  expect(ran.stderr).toContain(message);
  expect(ran.stderr).not.toContain(CANARY);
});
