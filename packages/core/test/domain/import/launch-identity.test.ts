import { expect, test } from '@jest/globals';
import { launchIdentity } from '../../../src/domain/import/launch-identity.ts';
import type { Origin } from '../../../src/domain/services/manifest.ts';

const local = (line: string): Origin => {
  const [command = '', ...args] = line.split(' ');
  return { type: 'local_process', command, args };
};
const remote = (endpoint: string): Origin => ({ type: 'remote_mcp', endpoint, transport: 'streamable_http' });

test.each([
  [local('npx -y @a/b@1.2 x'), local('pnpm dlx @a/b x')],
  [local('uvx m==1.0'), local('uv tool run m')],
  [local('docker run -i --rm -e A img:1'), local('podman run --rm -i img')],
  [local('node x.mjs --key=${secret:file:a}'), local('node x.mjs --key=***')],
  [remote('https://A.example:443/mcp/?b=1&a=2'), remote('https://a.example/mcp?a=3&b=')],
])('%j is the same server as the next one', (one, other) => {
  expect(launchIdentity(one)).toBe(launchIdentity(other));
});

test.each([
  [local('npx @a/b'), local('npx @a/c')],
  [local('npx @a/b'), local('uvx @a/b')],
  [local('npx @a/b x'), local('npx @a/b y')],
  [local('node a.mjs'), local('node b.mjs')],
  [remote('https://a.example/x'), remote('https://a.example/y')],
  [remote('http://a.example/x'), remote('https://a.example/x')],
])('%j is another server than the next one', (one, other) => {
  expect(launchIdentity(one)).not.toBe(launchIdentity(other));
});
