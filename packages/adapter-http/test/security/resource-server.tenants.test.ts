import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createRuntime } from '@clarity-runtime/core';
import { jwtVerifier } from '../../src/index.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { FakeConnector, manifestOf } from '../support/fake-connector.ts';
import { Issuer } from '../support/issuer.ts';
import { modern, postModern } from '../support/mcp-client.ts';
import { ownerOf } from '../support/tenants.ts';

const PUBLIC = new URL('https://clarity.example');

let issuer: Issuer;
let daemon: Daemon | undefined;
beforeEach(async () => {
  issuer = new Issuer();
  await issuer.listen();
});
afterEach(async () => {
  await daemon?.[Symbol.asyncDispose]();
  daemon = undefined;
  await issuer.stop();
});

/** Lists the tools with a token. */
async function listed(token: string) {
  const headers = { authorization: `Bearer ${token}` };
  const { status, text } = await postModern(daemon as Daemon, modern('tools/list'), { headers });
  return { status, text };
}

test('T-538 a signed token has the tenant of its claim, and without a tenant that exists it is not valid', async () => {
  const red = await createRuntime({ connectors: [new FakeConnector()] }, { tenant: 'red' });
  try {
    const { service } = await red.services.apply(ownerOf('red'), manifestOf('only_red'));
    await red.services.start(ownerOf('red'), service.serviceId);
    const refuse = (): Promise<never> => Promise.reject(new Error('not used'));
    daemon = await startDaemon({
      publicUrl: PUBLIC,
      requireToken: true,
      token: 'operator-token',
      resourceServer: { verifier: jwtVerifier({ issuer: issuer.url, now: () => issuer.now, tenantClaim: 'org' }) },
      tenants: {
        find: (name) => (name === 'red' ? red : undefined),
        runtimes: () => [red],
        list: () => Promise.resolve([]),
        create: refuse,
        remove: refuse,
      },
    });
    expect((await listed(await issuer.sign({ org: 'red' }))).text).toContain('only_red__add');
    const other = await listed(await issuer.sign({ org: 'default' }));
    expect([other.status, other.text.includes('only_red')]).toEqual([200, false]);
    for (const org of ['blue', '', 'RED', '../red', ['red'], { red: true }, null, undefined, 1])
      expect((await listed(await issuer.sign(org === undefined ? {} : { org }))).status).toBe(401);
  } finally {
    await red.close();
  }
});
