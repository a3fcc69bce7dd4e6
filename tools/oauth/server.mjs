/**
 * An authorization server of the package `oidc-provider` for the tests of this folder. Its settings are JSON in the first argument. It prints
 * `listening <issuer>`, approves every login, and ends with its standard input.
 */
import { Buffer } from 'node:buffer';
import console from 'node:console';
import { createServer } from 'node:http';
import process from 'node:process';
import { URL } from 'node:url';
import Provider from 'oidc-provider';

const settings = JSON.parse(process.argv[2] ?? '{}');
const { scopes = ['mcp:read', 'mcp:write'], format = 'opaque', documents, metadata = 'both', jwks } = settings;

/** Requests and tokens for the tests, in order. */
const log = { authorizations: [], registrations: [], tokenRequests: [], revocations: [], refreshTokens: [] };

const server = createServer();
await new Promise((resolve) => server.listen(settings.port ?? 0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${String(server.address().port)}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'resource-server',
      client_secret: 'r'.repeat(43),
      redirect_uris: [],
      grant_types: [],
      response_types: [],
    },
    {
      client_id: 'machine',
      client_secret: 'm'.repeat(43),
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    },
    ...(jwks === undefined
      ? []
      : [
          {
            client_id: 'machine-key',
            redirect_uris: [],
            response_types: [],
            grant_types: ['client_credentials'],
            token_endpoint_auth_method: 'private_key_jwt',
            token_endpoint_auth_signing_alg: 'ES256',
            jwks,
          },
        ]),
  ],
  scopes: ['openid', 'offline_access', ...scopes],
  cookies: { keys: ['the-key-of-a-test'] },
  features: {
    devInteractions: { enabled: false },
    registration: { enabled: settings.registration !== false },
    revocation: { enabled: true },
    introspection: { enabled: true },
    clientCredentials: { enabled: true },
    ...(documents === undefined ? {} : { clientIdMetadataDocument: { enabled: true, ack: 'draft-02' } }),
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, resource) => ({
        scope: scopes.join(' '),
        audience: resource,
        accessTokenTTL: 3600,
        accessTokenFormat: format,
        ...(format === 'jwt' ? { jwt: { sign: { alg: 'RS256' } } } : {}),
      }),
    },
  },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  // Client documents have an https address, which a test maps to this machine.
  fetch: (url, options) => {
    const found = Object.entries(documents ?? {}).find(([from]) => String(url).startsWith(from));
    if (found === undefined) throw new Error(`no address for ${String(url)}`);
    // The dispatcher of the package refuses addresses of this machine.
    return globalThis.fetch(String(url).replace(found[0], found[1]), { ...options, dispatcher: undefined });
  },
});
provider.on('grant.success', (ctx) => {
  const { params } = ctx.oidc;
  log.tokenRequests.push({ ...params });
  const { refresh_token: refreshToken } = ctx.body ?? {};
  if (refreshToken !== undefined) log.refreshTokens.push({ token: refreshToken, clientId: ctx.oidc.client.clientId });
});
provider.on('grant.error', (ctx, error) => {
  log.tokenRequests.push({
    ...ctx.oidc.params,
    failed: error.error,
    detail: error.error_detail ?? error.error_description,
  });
});
provider.on('registration_create.success', (_ctx, client) => log.registrations.push(client.metadata()));
provider.use(async (ctx, next) => {
  await next();
  if (ctx.path.endsWith('/token/revocation')) log.revocations.push(ctx.oidc?.params?.token ?? '');
});

/** Approves the login and what it asks for, or denies it. */
async function interact(request, response) {
  const details = await provider.interactionDetails(request, response);
  const { prompt, params, session, grantId } = details;
  if (settings.denies === true) {
    const denial = { error: 'access_denied', error_description: 'the person said no' };
    await provider.interactionFinished(request, response, denial, { mergeWithLastSubmission: false });
    return;
  }
  if (prompt.name === 'login') {
    await provider.interactionFinished(
      request,
      response,
      { login: { accountId: 'person' } },
      { mergeWithLastSubmission: false },
    );
    return;
  }
  log.authorizations.push({ ...params });
  const grant =
    (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ??
    new provider.Grant({ accountId: session?.accountId, clientId: params.client_id });
  const { missingOIDCScope = [], missingResourceScopes = {} } = prompt.details;
  if (missingOIDCScope.length > 0) grant.addOIDCScope(missingOIDCScope.join(' '));
  for (const [resource, missing] of Object.entries(missingResourceScopes)) {
    const given = missing.filter((scope) => !(settings.withholds ?? []).includes(scope));
    const held = missing.filter((scope) => !given.includes(scope));
    if (given.length > 0) grant.addResourceScope(resource, given.join(' '));
    if (held.length > 0) grant.rejectResourceScope(resource, held.join(' '));
  }
  const consent = { consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, consent, { mergeWithLastSubmission: true });
}

const controls = {
  log: () => log,
  /** Replaces settings that are read per request. */
  set: (body) => Object.assign(settings, body),
  /** Ends access tokens, as the end of their life does. */
  expire: async ({ tokens }) => {
    for (const token of tokens) await (await provider.AccessToken.find(token))?.destroy();
    return {};
  },
  /** Ends the grants of access tokens, as a person does in the settings of the provider. */
  withdraw: async ({ tokens }) => {
    for (const token of tokens) {
      const found = await provider.AccessToken.find(token);
      if (found === undefined) continue;
      await (await provider.Grant.find(found.grantId))?.destroy();
      await provider.RefreshToken.revokeByGrantId(found.grantId);
      await found.destroy();
    }
    return {};
  },
};

async function control(request, response, name) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const text = Buffer.concat(parts).toString();
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify((await controls[name](text === '' ? {} : JSON.parse(text))) ?? {}));
}

const serve = provider.callback();
const hidden = { oauth: '/.well-known/openid-configuration', openid: '/.well-known/oauth-authorization-server' }[
  metadata
];
server.on('request', (request, response) => {
  const { pathname } = new URL(request.url, issuer);
  const failed = (error) => {
    console.error(error);
    response.writeHead(500).end();
  };
  if (pathname.startsWith('/control/')) control(request, response, pathname.slice('/control/'.length)).catch(failed);
  else if (pathname.startsWith('/interaction/')) interact(request, response).catch(failed);
  else if (hidden !== undefined && pathname.includes(hidden)) response.writeHead(404).end();
  else serve(request, response);
});
process.stdin.resume().on('end', () => process.exit(0));
console.log(`listening ${issuer}`);
