import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LoginTarget } from '@clarity-runtime/core/ports';
import { ServerDiscovery } from '../../../src/outbound/oauth/discovery.ts';
import type { Metadata, MetadataReader } from '../../../src/outbound/oauth/metadata-reader.ts';
import type { OAuthHttp } from '../../../src/outbound/oauth/oauth-http.ts';
import { remoteService } from '../../support/remote-service.ts';

const target = {
  service: remoteService('https://api.example/mcp'),
  settings: { type: 'oauth' },
} as unknown as LoginTarget;

/** Finds the server that the resource names as `listed` and whose metadata, at its well-known address, names `named`. */
function find(listed: string, named: unknown, over: Partial<LoginTarget> = {}) {
  const { origin, pathname } = new URL(listed);
  const place = `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`;
  const documents: Readonly<Record<string, Metadata>> = {
    'https://api.example/.well-known/oauth-protected-resource/mcp': {
      resource: 'https://api.example/mcp',
      authorization_servers: ['https://other.example', listed],
    },
    [place]: {
      issuer: named,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      code_challenge_methods_supported: ['S256'],
    },
  };
  const reader: unknown = { read: (_target: LoginTarget, url: URL) => Promise.resolve(documents[url.href]) };
  const http: unknown = {};
  const discovery = new ServerDiscovery(http as OAuthHttp, reader as MetadataReader);
  return discovery.find({ ...target, issuer: listed, ...over }, new AbortController().signal);
}

const paths = fc.constantFrom('', '/tenant', '/a/b');
const slash = fc.constantFrom('', '/');

test('issuer-slash: law: one slash at the end of an issuer makes no difference, anything else does', async () => {
  await fc.assert(
    fc.asyncProperty(paths, slash, slash, slash, async (path, inResource, inMetadata, inLogin) => {
      const issuer = `https://login.example${path}`;
      const over = { issuer: `${issuer}${inLogin}` };
      const found = await find(`${issuer}${inResource}`, `${issuer}${inMetadata}`, over);
      // The name in the metadata is the issuer of later checks (RFC 9207).
      expect(found?.issuer).toBe(`${issuer}${inMetadata}`);
    }),
    { numRuns: 60 },
  );
  for (const other of [
    'https://login.example//',
    'https://login.example/x',
    'http://login.example',
    'https://login.example.',
    null,
    7,
  ])
    await expect(find('https://login.example', other)).rejects.toMatchObject({ code: 'LOGIN_ISSUER_MISMATCH' });
});
