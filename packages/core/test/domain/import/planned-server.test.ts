import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FoundProcess, FoundRemote, FoundServer } from '../../../src/domain/import/found-server.ts';
import { importedManifest, plannedServer } from '../../../src/domain/import/planned-server.ts';
import type { ImportContext } from '../../../src/domain/import/template-reader.ts';

type FoundLaunch = FoundProcess | FoundRemote;

const context = (separator = '/'): ImportContext => ({
  ...{ variables: {}, home: '/home/me', separator, files: new Map(), keepsSecrets: false },
  ...{ keepEnv: new Set(), keepPlain: new Set() },
});

const planned = (launch: FoundLaunch, more: Partial<FoundServer> = {}, separator = '/') => {
  const place = { client: 'cursor', scope: 'user', path: '/home/me/mcp.json', container: ['mcpServers'] } as const;
  const found = {
    ...place,
    name: 'docs',
    isEnabled: true,
    launch,
    notes: [],
    references: 'none',
    folder: '/',
    inputs: {},
  };
  return plannedServer({ ...found, ...more } as FoundServer, context(separator), true);
};
const manifestOf = (launch: FoundLaunch, more: Partial<FoundServer> = {}) => {
  const server = planned(launch, more);
  if (typeof server === 'string') throw new Error(server);
  return importedManifest(server, 'docs');
};
const program = (command: string): FoundLaunch => ({ type: 'process', command, args: ['a'], env: [] });
const site = (name: string, value: string): FoundLaunch => ({
  ...{ type: 'remote', url: 'https://a.example/mcp', needsLogin: false },
  headers: [{ name, value }],
});

test('law: a header of any usual name is imported, a reserved one is left out, and each has one reason', () => {
  const name = fc.oneof(
    fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,30}$/),
    fc.constantFrom('CONTEXT7_API_KEY', 'x_api_key', 'Api.Key', 'Host', 'Content-Type', 'bad name', 'é'),
  );
  fc.assert(
    fc.property(name, (header) => {
      const server = planned(site(header, 'value'));
      if (typeof server === 'string') throw new Error(server);
      const reasons = server.notes.filter((note) => note.includes('is left out'));
      expect(server.pairs.length + reasons.length).toBe(1);
      if (!/^[A-Za-z0-9._-]+$/.test(header)) expect(reasons[0]).toContain('it is not the name of a header');
      else if (server.pairs.length === 0) expect(reasons[0]).toContain('the runtime sets it itself');
    }),
  );
  const { manifest, secrets } = manifestOf(site('CONTEXT7_API_KEY', 'ctx7sk-0123456789'));
  expect(manifest.spec.origin).toMatchObject({ headers: [{ name: 'CONTEXT7_API_KEY' }] });
  expect(secrets).toMatchObject([{ value: 'ctx7sk-0123456789' }]);
});

test.each(['C:\\Program Files\\nodejs\\npx.cmd', 'c:/tools/uvx.exe', '\\\\server\\share\\x.exe'])(
  'the program %j is not imported on another system than Windows',
  (command) => {
    expect(planned(program(command))).toBe('its command is a path of Windows');
    expect(planned(program(command), {}, '\\')).toMatchObject({ isRemote: false });
  },
);

test('the start limit of a client raises that of a package runner and does not lower it', () => {
  const limit = (command: string, startMs: number) =>
    manifestOf(program(command), { startMs }).manifest.spec.start?.maxMs;
  expect([limit('npx', 20_000), limit('npx', 400_000)]).toEqual([undefined, 400_000]);
  expect([limit('my-server', 20_000), limit('my-server', 400_000)]).toEqual([20_000, 400_000]);
});
