import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startClarityd, type Clarityd } from '../../test/support/clarityd.ts';
import type { ProtectedServer } from '../../test/support/oauth/protected-server.ts';
import { startProgram } from '../../test/support/program.ts';
import { connectStock } from '../../test/support/stock-clients.ts';
import { temporaryWorkspace, type Workspace } from '../../test/support/workspace.ts';
import { protectedBy } from './login-place.ts';
import { AuthorizationPeer, browse } from './peer.ts';

const PUBLIC = 'https://clarity.example';
const TOKEN = 'the-operator-token-of-a-test';
const MACHINE = `Basic ${Buffer.from(`machine:${'m'.repeat(43)}`).toString('base64')}`;

let workspace: Workspace;
let daemon: Clarityd;
/** Issues the tokens of clients of the daemon. */
let front: AuthorizationPeer;
/** Issues the tokens of the daemon for its upstream. */
let back: AuthorizationPeer;
let upstream: ProtectedServer;
beforeAll(async () => {
  workspace = await temporaryWorkspace();
  front = await AuthorizationPeer.start({ format: 'jwt', scopes: ['mcp:read', 'mcp:call', 'mcp:operate'] });
  const env = {
    CLARITYD_AUTH_TOKEN: TOKEN,
    CLARITYD_PUBLIC_URL: PUBLIC,
    CLARITYD_OAUTH_ISSUER: front.issuer,
    CLARITYD_OAUTH_GRANTS: 'read,call,operate',
  };
  daemon = await startClarityd({ cwd: workspace.path, env });
  back = await AuthorizationPeer.start({ documents: { [PUBLIC]: daemon.url }, registration: false });
  upstream = await protectedBy(back);
});
afterAll(async () => {
  await daemon.end();
  await upstream[Symbol.asyncDispose]();
  await back[Symbol.asyncDispose]();
  await front[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

async function accessToken(scope: string, resource = `${PUBLIC}/mcp`): Promise<string> {
  const response = await fetch(`${front.issuer}/token`, {
    method: 'POST',
    headers: { authorization: MACHINE },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}

async function toolsOf(token: string, path = '/mcp'): Promise<readonly string[]> {
  const client = await connectStock(`${daemon.url}${path}`, { token });
  try {
    return (await client.list()).map(({ name }) => name);
  } finally {
    await client.close();
  }
}

test('a client with an access token of the server has the grants of its scopes', async () => {
  expect(await toolsOf(await accessToken('mcp:read mcp:call'))).not.toContain('runtime__stop_service');
  expect(await toolsOf(await accessToken('mcp:read mcp:call mcp:operate'))).toContain('runtime__stop_service');
});

test('an access token of the server for another resource is refused', async () => {
  const token = await accessToken('mcp:read mcp:call', 'https://other.example/mcp');
  const response = await fetch(`${daemon.url}/mcp`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(response.status).toBe(401);
});

test('a server that accepts client documents gets the address of this installation as client id', async () => {
  await daemon.ctl('add', upstream.endpoint, '--module', 'remote');
  const program = startProgram('clarityctl', ['auth', 'login', 'remote'], {
    cwd: workspace.path,
    env: { CLARITYD_URL: daemon.url, CLARITYD_AUTH_TOKEN: TOKEN },
  });
  const [, url = ''] = await program.says(/^(http\S+)$/m, 'stderr');
  expect(new URL(url).searchParams.get('client_id')).toBe(`${PUBLIC}/oauth/client.json`);
  const page = await fetch(await browse(url, new URL(url).searchParams.get('redirect_uri') ?? ''));
  await page.body?.cancel();
  expect(await program.ended).toMatchObject({ exitCode: 0 });
  expect(await toolsOf(TOKEN)).toContain('remote__echo');
});
