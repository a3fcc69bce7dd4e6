import { StoreError } from '@clarity-runtime/core';
import { expect, test } from '@jest/globals';
import { exposedNames } from '../../src/daemon/hide-token.ts';
import { startError } from '../../src/daemon/start-problem.ts';
import { startWarnings } from '../../src/daemon/warnings.ts';
import { daemonSettings } from '../../src/settings/daemon-settings.ts';
import { resolveSettings } from '../../src/settings/setting.ts';

const warnings = (flags: Record<string, string>, env: Record<string, string> = {}): readonly string[] => {
  const argv = Object.entries(flags).map(([name, text]) => `--${name}=${text}`);
  return startWarnings(resolveSettings(daemonSettings, flags, env), exposedNames(argv, env));
};

test('T-247 clarityd warns that other users can use the daemon when no token is set', () => {
  expect(warnings({})).toEqual([expect.stringContaining('every user of this machine')]);
});

test('T-248 R04b clarityd warns about a short token, and about every token in the environment', () => {
  const [short, ...more] = warnings({}, { CLARITYD_AUTH_TOKEN: 'tiny' });
  expect(short).toBe('the token of CLARITYD_AUTH_TOKEN is short: use at least 16 characters');
  expect(more).toEqual([expect.stringContaining('services can read CLARITYD_AUTH_TOKEN: use --auth-token-file')]);
  expect(warnings({}, { CLARITYD_AUTH_TOKEN: '0123456789abcdef' })).toEqual(more);
});

test('T-239 clarityd warns about a token in the arguments without printing it', () => {
  const told = warnings({ 'auth-token': '0123456789abcdef' });
  expect(told).toEqual([expect.stringContaining('`ps`')]);
  expect(told.join()).not.toContain('0123456789abcdef');
});

test('T-428 R120a clarityd warns about clear text when it listens for other machines without --public-url https', () => {
  const told = (flags: Record<string, string>): readonly string[] =>
    warnings(flags, { CLARITYD_AUTH_TOKEN: '0123456789abcdef' }).filter((line) => line.includes('without encryption'));
  for (const host of ['0.0.0.0', '::', '192.168.1.4', 'myhost']) {
    expect(told({ host })).toEqual([expect.stringContaining(`clients of --host ${host} send the token`)]);
    expect(told({ host, 'public-url': 'http://clarity.example' })).toHaveLength(1);
    expect(told({ host, 'public-url': 'https://clarity.example' })).toEqual([]);
  }
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) expect(told({ host })).toEqual([]);
});

test('R120b --public-url and CLARITYD_ALLOWED_ORIGINS refuse a value that is not an address or an origin', () => {
  const resolve = (flags: Record<string, string>, env: Record<string, string>) => () =>
    resolveSettings(daemonSettings, flags, env);
  for (const url of ['clarity.example', 'ftp://x', 'https://x/path', 'https://a:b@x', 'https://x?q=1']) {
    expect(resolve({ 'public-url': url }, {})).toThrow('public-url');
  }
  for (const origin of ['*', 'null', 'https://app.example/', 'app.example']) {
    expect(resolve({}, { CLARITYD_ALLOWED_ORIGINS: origin })).toThrow('CLARITYD_ALLOWED_ORIGINS');
  }
  const good = resolveSettings(daemonSettings, {}, { CLARITYD_ALLOWED_ORIGINS: 'https://a.example, http://b:81' });
  expect(good.allowedOrigins.value).toEqual(['https://a.example', 'http://b:81']);
});

test('clarityd warns that a gate is off when its value is not a boolean word', () => {
  expect(warnings({}, { CLARITY_ENABLE_MCP_PROVISIONING: 'aye' }).at(-1)).toBe(
    "CLARITY_ENABLE_MCP_PROVISIONING='aye' has no effect: use 1, true or yes to enable it",
  );
});

test('T-262 clarityd warns when NODE_TLS_REJECT_UNAUTHORIZED is 0', () => {
  expect(warnings({}, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }).at(-1)).toContain(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored',
  );
  expect(warnings({}, { NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toHaveLength(1);
});

test.each([
  ['D10 a taken port', { code: 'EADDRINUSE' }, 4, 'port 4707 on 127.0.0.1 is in use'],
  [
    'Q43 a port that another program uses on [::1]',
    { code: 'EADDRINUSE', address: '::1' },
    4,
    'port 4707 on [::1] is in use: clients of localhost can reach that program',
  ],
  ['a privileged port', { code: 'EACCES' }, 4, 'this user may not listen on port 4707 of 127.0.0.1'],
  ['an address of somewhere else', { code: 'EADDRNOTAVAIL' }, 2, '--host 127.0.0.1 is not an address of this machine'],
  ['a damaged store', new StoreError('corrupt', 'r.json: bad'), 3, 'the stored state is not usable: r.json: bad'],
])('%s fails the start with its exit code and a hint', (_, error, exitCode, message) => {
  const problem = startError(error, { host: '127.0.0.1', port: 4707 });
  expect(problem).toMatchObject({ exitCode, message, hint: expect.stringMatching(/\w/) });
});
