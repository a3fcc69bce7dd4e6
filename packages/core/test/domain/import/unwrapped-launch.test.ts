import { expect, test } from '@jest/globals';
import type { FoundPair } from '../../../src/domain/import/found-server.ts';
import { unwrappedLaunch } from '../../../src/domain/import/unwrapped-launch.ts';

const launch = (line: string, env: readonly FoundPair[] = []) => {
  const [command = '', ...args] = line.split(' ');
  return { type: 'process' as const, command, args, env };
};
const remote = (url: string, headers: readonly FoundPair[] = [], more = {}) => ({
  type: 'remote',
  url,
  headers,
  needsLogin: false,
  ...more,
});

test.each([
  ['npx -y mcp-remote@0.1 https://a.example/mcp 3334', remote('https://a.example/mcp', [], { needsLogin: true })],
  [
    'npx mcp-remote https://a.example/sse --transport sse-only --header X-K:v',
    remote('https://a.example/sse', [{ name: 'X-K', value: 'v' }], { transport: 'sse_http' }),
  ],
  [
    'npx -y supergateway --streamableHttp https://a.example/mcp --oauth2Bearer t',
    remote('https://a.example/mcp', [{ name: 'Authorization', value: 'Bearer t' }], { transport: 'streamable_http' }),
  ],
  [
    'uvx mcp-proxy --headers X-K v https://a.example/sse',
    remote('https://a.example/sse', [{ name: 'X-K', value: 'v' }]),
  ],
])('%s is replaced by the remote server', (line, wanted) => {
  expect(unwrappedLaunch(launch(line)).launch).toEqual(wanted);
});

test('mcp-remote gets the values of its variables in headers', () => {
  const env = [{ name: 'T', value: 'secret' }];
  const { launch: found } = unwrappedLaunch(launch('npx mcp-remote https://a.example/mcp --header A:${T}', env));
  expect(found).toMatchObject({ headers: [{ name: 'A', value: 'secret' }] });
});

test.each([
  'npx -y mcp-remote https://a.example/mcp --unknown',
  'npx -y mcp-remote',
  'npx -y mcp-remote https://a.example https://b.example',
  'npx -y other https://a.example',
  'cmd /k npx x',
])('%s stays as it is', (line) => {
  expect(unwrappedLaunch(launch(line))).toEqual({ launch: launch(line) });
});

test('cmd /c is removed', () => {
  expect(unwrappedLaunch(launch('cmd /c npx -y a')).launch).toEqual(launch('npx -y a'));
});

test('docker gets the values of -e from its environment', () => {
  const { launch: found } = unwrappedLaunch(
    launch('docker run -i -e A=1 --env=B=2 -e C image', [{ name: 'A', value: '0' }]),
  );
  expect(found).toEqual({
    ...launch('docker run -i -e A --env=B -e C image'),
    env: [
      { name: 'A', value: '0' },
      { name: 'B', value: '2' },
    ],
  });
});
