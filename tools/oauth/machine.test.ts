import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ProtectedServer } from '../../test/support/oauth/protected-server.ts';
import { startProgram } from '../../test/support/program.ts';
import { LoginPlace, protectedBy } from './login-place.ts';
import { AuthorizationPeer } from './peer.ts';

// Text, as the export of a generated key can hang (packages/adapter-http/test/support/issuer.ts).
const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const jwk = { ...createPublicKey(publicKey).export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' };
const pem = privateKey.replaceAll('\n', '\\n');

let place: LoginPlace;
let openId: AuthorizationPeer;
let other: ProtectedServer;
beforeAll(async () => {
  place = await LoginPlace.start({ peer: { jwks: { keys: [jwk] }, format: 'jwt', metadata: 'oauth' } });
  openId = await AuthorizationPeer.start({ metadata: 'openid', withholds: ['mcp:write'] });
  other = await protectedBy(openId, { scopes: ['mcp:read', 'mcp:write'] });
});
afterAll(async () => {
  await place[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  await openId[Symbol.asyncDispose]();
});

const manifest = (module: string, endpoint: string, auth: object): string =>
  JSON.stringify({
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: endpoint, module },
    spec: {
      origin: { type: 'remote_mcp', endpoint, transport: 'streamable_http', auth },
      enabled: true,
      autostart: true,
      toolNamespace: module,
      restartPolicy: { mode: 'never', maxRestarts: 1, windowSeconds: 60 },
      policyRef: 'default',
    },
  });

async function apply(module: string, endpoint: string, auth: object): Promise<void> {
  const file = await place.workspace.write(`${module}.json`, manifest(module, endpoint, auth));
  const { exitCode, stderr } = await place.daemon.ctl('apply', '--file', file);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
}

test('a client with a secret gets tokens for the resource without a person', async () => {
  await place.daemon.json('auth', 'set-secret', 'file:machine', 'm'.repeat(43), '--host', '127.0.0.1');
  const client = { id: 'machine', secretRef: 'file:machine' };
  await apply('basic', place.upstream.endpoint, { type: 'client_credentials', client });
  expect(await place.call('basic__echo')).toBe('called echo');
  const { tokenRequests } = await place.peer.log();
  expect(tokenRequests.at(-1)).toMatchObject({ grant_type: 'client_credentials', resource: place.upstream.endpoint });
});

test('a client with a key gets tokens with private_key_jwt', async () => {
  const stored = startProgram('clarityctl', ['auth', 'set-secret', 'file:key', '-', '--host', '127.0.0.1'], {
    cwd: place.workspace.path,
    env: { CLARITYD_URL: place.daemon.url },
    hasInput: true,
  });
  stored.type(pem);
  expect(await stored.ended).toMatchObject({ exitCode: 0 });
  const client = { id: 'machine-key', keyRef: 'file:key' };
  await apply('key', place.upstream.endpoint, { type: 'client_credentials', client });
  expect(await place.call('key__echo')).toBe('called echo');
  const { tokenRequests } = await place.peer.log();
  expect(tokenRequests.at(-1)?.failed).toBeUndefined();
  expect(tokenRequests.at(-1)?.['client_assertion_type']).toContain('jwt-bearer');
});

test('a server with OpenID metadata only is found, and a renewal asks for the scopes that the person granted', async () => {
  await place.daemon.ctl('add', other.endpoint, '--module', 'other');
  expect(await place.login('other')).toMatchObject({ exitCode: 0 });
  expect(await place.call('other__echo')).toBe('called echo');
  expect(await place.state('other')).toMatchObject({ state: 'active', scopes: ['mcp:read'] });
  await openId.expire(other.tokens);
  expect(await place.call('other__echo')).toBe('called echo');
  const { tokenRequests } = await openId.log();
  expect(tokenRequests.map(({ failed }) => failed)).toEqual([undefined, undefined]);
});
