import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CliError } from '../../src/support/cli-error.ts';
import { clientSettings } from '../../src/settings/client-settings.ts';
import { daemonSettings } from '../../src/settings/daemon-settings.ts';
import { resolveSettings } from '../../src/settings/setting.ts';
import { settingFlags, variablesHelp } from '../../src/settings/setting-flags.ts';

const daemon = (flags: Record<string, string> = {}, env: Record<string, string> = {}) =>
  resolveSettings(daemonSettings, flags, env);

function refusal(flags: Record<string, string>, env: Record<string, string> = {}): CliError {
  try {
    daemon(flags, env);
  } catch (error) {
    if (error instanceof CliError) return error;
  }
  throw new Error('it was taken');
}

test('[install.port] clarityd uses 127.0.0.1:4707, the current folder and no token by default', () => {
  const { port, host, authToken, workspace } = daemon();
  expect(port).toEqual({ value: 4707, source: 'default' });
  expect(host.value).toBe('127.0.0.1');
  expect(authToken.value).toBeUndefined();
  expect(workspace.value).toBe('.');
});

test('[env.remote-max-payload] [env.remote-max-concurrency] an upstream has 1 MiB and 8 calls by default', () => {
  expect(daemon().remoteMaxPayloadBytes).toEqual({ value: 1_048_576, source: 'default' });
  expect(daemon().remoteMaxConcurrency).toEqual({ value: 8, source: 'default' });
});

test('a flag precedes the first variable, and that one the second; empty variables are ignored', () => {
  const env = { CLARITYD_AUTH_TOKEN: 'from-first', CLARITY_API_TOKEN: 'from-second' };
  expect(daemon({ 'auth-token': 'from-flag' }, env).authToken).toEqual({
    value: 'from-flag',
    source: 'flag',
    name: '--auth-token',
  });
  expect(daemon({}, env).authToken).toMatchObject({ value: 'from-first', name: 'CLARITYD_AUTH_TOKEN' });
  expect(daemon({}, { ...env, CLARITYD_AUTH_TOKEN: '  ' }).authToken).toMatchObject({ value: 'from-second' });
});

test('readSettings reports all invalid values with their valid forms, without the token', () => {
  const problem = refusal({ port: 'abc', 'auth-token': 'two words' }, { CLARITYD_MAX_TOOL_NAME: '7' });
  expect(problem.exitCode).toBe(2);
  expect(problem.message).toContain("--port must be a number from 0 to 65535, not 'abc'");
  expect(problem.message).toContain("CLARITYD_MAX_TOOL_NAME must be a number from 24 to 64, not '7'");
  expect(problem.message).toContain('--auth-token must be visible ASCII');
  expect(problem.message).not.toContain('two words');
});

test('the prefix setting accepts only `always` and `collision`', () => {
  expect(daemon({}, {}).toolPrefix.value).toBe('always');
  expect(daemon({}, { CLARITYD_TOOL_PREFIX: 'collision' }).toolPrefix.value).toBe('collision');
  expect(refusal({}, { CLARITYD_TOOL_PREFIX: 'never' }).message).toContain('must be always or collision');
});

test('a port is a decimal number from 0 to 65535', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const good = /^\d{1,15}$/.test(text.trim()) && Number(text) <= 65_535;
      fc.pre(text.trim() !== '' || text === '');
      if (good) expect(daemon({ port: text }).port.value).toBe(Number(text));
      else expect(refusal({ port: text }).message).toContain('--port');
    }),
  );
});

test('a gate is on for 1, true and yes in any case; other values are off', () => {
  const gate = (text: string) => daemon({}, { CLARITY_ENABLE_MCP_PROVISIONING: text }).mcpProvisioning.value;
  expect(['1', 'TRUE', 'Yes'].map(gate)).toEqual([{ open: true }, { open: true }, { open: true }]);
  expect(gate('off')).toEqual({ open: false });
  expect(gate('aye')).toEqual({ open: false, odd: 'aye' });
});

test('the daemon URL is rejected when it has credentials, a query or a fragment', () => {
  const url = (text: string) => resolveSettings(clientSettings, { 'daemon-url': text }, {}).daemonUrl.value.href;
  expect(url('https://box.example:8443')).toBe('https://box.example:8443/');
  for (const bad of ['ftp://x', 'http://u:p@x', 'http://x/?a=1', 'http://x/#a', 'x'])
    expect(() => url(bad)).toThrow(CliError);
});

test('T-239 the help lists every flag and variable, and warns that `ps` shows the token', () => {
  const flags = settingFlags(daemonSettings);
  expect(flags['port']).toMatchObject({ alias: 'p', fallbackText: '4707' });
  expect(flags['auth-token']?.describe).toContain('`ps`');
  expect(flags['auth-token']).not.toHaveProperty('fallbackText');
  const help = variablesHelp(daemonSettings);
  for (const { variables } of Object.values(daemonSettings)) for (const name of variables) expect(help).toContain(name);
});
