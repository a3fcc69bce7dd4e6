import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpConnector } from '@clarity-runtime/adapter-http';
import {
  ClarityError,
  createRuntime,
  credentialResolver,
  embeddedCaller,
  isClarityError,
  remote,
  Secret,
} from '@clarity-runtime/core';
import type { CredentialProvider } from '@clarity-runtime/core/ports';
import { report } from './greeting.ts';

/** Resolves references of the form `vault:team/service`. */
const vaultCredentials = (vault: ReadonlyMap<string, string>): CredentialProvider => ({
  scheme: 'vault',
  resolve: (target) => {
    const value = vault.get(target);
    if (value === undefined) throw new ClarityError('CREDENTIAL_MISSING', `the vault has nothing at '${target}'`);
    return Promise.resolve({ secret: new Secret(value), header: { name: 'Authorization', bearer: true } });
  },
  validate: (target) => Promise.resolve({ valid: vault.has(target), issues: [], headers: ['Authorization'] }),
  health: () => Promise.resolve({ healthy: true, detail: 'the vault is open' }),
});

/** An MCP server that needs a token: a service gets it from a vault, another one has none there. */
async function main(): Promise<object> {
  const seen = new Set<string | undefined>();
  const server = createServer((request, response) => {
    seen.add(request.headers.authorization);
    response.writeHead(request.headers.authorization === 'Bearer value-of-the-vault' ? 500 : 401).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp`;
  const provider = vaultCredentials(new Map([['team/far', 'value-of-the-vault']]));
  await using runtime = await createRuntime({
    credentialProviders: [provider],
    connectors: [httpConnector({ credentials: credentialResolver([provider]) })],
  });
  const starts: string[] = [];
  for (const [module, authRef] of [
    ['far', 'vault:team/far'],
    ['lost', 'vault:team/lost'],
  ] as const) {
    const { service } = await runtime.services.apply(
      embeddedCaller,
      remote(`${url}?for=${module}`, { module, authRef }),
    );
    const started = await runtime.services.start(embeddedCaller, service.serviceId).catch((error: unknown) => error);
    const { status } = runtime.services.get(embeddedCaller, service.serviceId);
    starts.push(isClarityError(started) ? started.code : (status.lastError ?? status.lifecycle));
  }
  server.closeAllConnections();
  server.close();
  return { sent: [...seen].includes('Bearer value-of-the-vault'), missing: starts[1]?.includes('team/lost') === true };
}

report(main());
