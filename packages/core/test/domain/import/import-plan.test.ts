import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FoundProcess, FoundRemote, FoundServer } from '../../../src/domain/import/found-server.ts';
import { importPlan, type ImportPlanOptions } from '../../../src/domain/import/import-plan.ts';
import { importedManifest } from '../../../src/domain/import/planned-server.ts';
import type { ImportContext } from '../../../src/domain/import/template-reader.ts';
import { parseManifest } from '../../../src/index.ts';

const CONTEXT: ImportContext = {
  variables: { SET: 'set-value', GH_TOKEN: 'CANARY-gh' },
  home: '/home/user',
  separator: '/',
  files: new Map([['~/t', 'CANARY-file\n']]),
  keepEnv: new Set(),
  keepPlain: new Set(),
  keepsSecrets: false,
};

const server = (name: string, launch: FoundProcess | FoundRemote, more: Partial<FoundServer> = {}): FoundServer => ({
  ...{ client: 'cursor', scope: 'user', path: '/home/user/.cursor/mcp.json', container: ['mcpServers'], name },
  ...{ isEnabled: true, launch, notes: [], references: 'shell', folder: '/home/user', inputs: {}, ...more },
});
const program = (args: readonly string[], env: Readonly<Record<string, string>> = {}): FoundProcess => ({
  type: 'process',
  command: 'npx',
  args,
  env: Object.entries(env).map(([name, value]) => ({ name, value })),
});
const remote = (url: string, headers: Readonly<Record<string, string>> = {}): FoundRemote => ({
  type: 'remote',
  url,
  headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
  needsLogin: false,
});
const plan = (found: readonly FoundServer[], more: Partial<ImportPlanOptions> = {}) =>
  importPlan(found, { context: CONTEXT, registered: [], ...more });

/** Returns the manifest and the secrets of the only row. */
function only(found: FoundServer, context: Partial<ImportContext> = {}) {
  const [row] = plan([found], { context: { ...CONTEXT, ...context } });
  if (row?.planned === undefined) throw new Error(row?.reason);
  const { manifest, secrets } = importedManifest(row.planned, row.name, { isEnabled: row.isEnabled });
  return { row, origin: parseManifest(manifest).spec.origin, spec: manifest.spec, secrets };
}

test('[first-hour.08] one server in two clients with one account is one row, with two accounts two', () => {
  const token = (value: string) => program(['-y', 'a'], { A_TOKEN: value });
  expect(
    plan([server('a', token('1')), server('b', token('1'), { client: 'claude' })]).map(({ name }) => name),
  ).toEqual(['a']);
  const rows = plan([server('a', token('1')), server('a', token('2'), { client: 'claude' })]);
  expect(rows.map(({ name }) => name)).toEqual(['a', 'a_2']);
});

test('[first-hour.09] a server is disabled only if every client disables it', () => {
  const off = { isEnabled: false };
  const rows = plan([
    server('a', program(['a']), off),
    server('a', program(['a']), { client: 'claude' }),
    server('b', program(['b']), off),
  ]);
  expect(rows.map(({ isEnabled }) => isEnabled)).toEqual([true, false]);
});

test('a registered server is the same, another one of its name is a conflict that --rename resolves', () => {
  const found = [server('a', program(['-y', 'a@1'])), server('b', program(['b']))];
  const registered = ['a', 'b'].map((namespace) => ({
    ...{ serviceId: `svc_${namespace}`, namespace },
    origin: { type: 'local_process', command: 'npx', args: ['-y', 'a'] } as const,
  }));
  expect(plan(found, { registered: registered.slice(0, 1) }).map(({ state }) => state)).toEqual(['same', 'new']);
  expect(plan(found, { registered }).map(({ state, name }) => [state, name])).toEqual([
    ['same', 'a'],
    ['conflict', 'b'],
  ]);
  const renamed = new Map([['b', 'c']]);
  expect(plan(found, { registered, renamed }).map(({ state, name }) => [state, name])).toEqual([
    ['same', 'a'],
    ['new', 'c'],
  ]);
});

test('secrets become references, and the rest of the entry stays', () => {
  const env = {
    GITHUB_TOKEN: 'CANARY-1',
    LOG: 'info',
    OTHER: '${GH_TOKEN}',
    PLAIN: '${SET}',
    D: '${UNSET:-x}',
    L: '$5',
  };
  const { origin, secrets } = only(server('a', program(['--api-key', 'CANARY-2', '--token=CANARY-3', 'file'], env)));
  expect(origin).toMatchObject({
    args: ['--api-key', '${secret:file:import/a/api-key}', '--token=${secret:file:import/a/token}', 'file'],
    env: [
      { name: 'GITHUB_TOKEN', secretRef: 'file:import/a/GITHUB_TOKEN' },
      { name: 'LOG', value: 'info' },
      { name: 'OTHER', secretRef: 'file:import/a/GH_TOKEN' },
      { name: 'PLAIN', value: 'set-value' },
      { name: 'D', value: 'x' },
      { name: 'L', value: '$5' },
    ],
  });
  expect(secrets.map(({ value }) => value).sort()).toEqual(['CANARY-1', 'CANARY-2', 'CANARY-3', 'CANARY-gh']);
});

test('a remote server keeps the scheme of its credential, and its query and user become secrets', () => {
  const url = 'https://u:CANARY-u@a.example/sse?api_key=CANARY-k&region=eu';
  const { origin, secrets } = only(server('a', remote(url, { 'X-Key': 'CANARY-h', Cookie: 'c' })));
  expect(origin).toMatchObject({
    endpoint: 'https://a.example/sse?region=eu',
    transport: 'sse_http',
    headers: [
      { name: 'X-Key', secretRef: 'file:import/a/X-Key' },
      { name: 'Authorization', value: 'Basic ${secret:file:import/a/Authorization}' },
    ],
    query: [{ name: 'api_key', secretRef: 'file:import/a/api_key' }],
  });
  expect(secrets).toHaveLength(3);
});

test.each([
  ['an unset variable', { T: '${UNSET_TOKEN}' }, 'shell', 'UNSET_TOKEN'],
  ['a placeholder', { T_KEY: '<YOUR_KEY>' }, 'shell', 'T_KEY'],
  ['an input', { T: '${input:jira}' }, 'editor', 'jira'],
  ['a file that cannot be read', { T: '{file:~/absent}' }, 'braces', 'T'],
] as const)('[first-hour.09] %s leaves the service disabled until its value is given', (_, env, references, need) => {
  const [row] = plan([server('a', program(['a'], env), { references })]);
  expect(row?.needs.map(({ name }) => name)).toEqual([need]);
  if (row?.planned === undefined) throw new Error('no plan');
  expect(importedManifest(row.planned, 'a').manifest.spec.enabled).toBe(false);
  const answered = importedManifest(row.planned, 'a', { answers: new Map([[need, 'CANARY-answer']]) });
  expect(answered.manifest.spec.enabled).toBe(true);
  expect(answered.secrets).toEqual([{ reference: `file:import/a/${need}`, value: 'CANARY-answer' }]);
});

test('relative folders are below the folder of the configuration', () => {
  const launch = { ...program([]), cwd: './srv', envFile: '~/x.env' };
  const { origin } = only(server('a', launch, { folder: '/home/user/shop' }));
  expect(origin).toMatchObject({ cwd: '/home/user/shop/srv', envFile: '/home/user/x.env' });
});

test('keepEnv, keepPlain and keepsSecrets leave values where they are', () => {
  const found = server('a', program([], { A_TOKEN: 'plain', B: '${GH_TOKEN}' }));
  expect(only(found, { keepEnv: new Set(['GH_TOKEN']) }).origin).toMatchObject({
    env: [{ secretRef: 'file:import/a/A_TOKEN' }, { name: 'B', value: '${env:GH_TOKEN}' }],
  });
  expect(only(found, { keepPlain: new Set(['A_TOKEN']) }).origin).toMatchObject({ env: [{ value: 'plain' }, {}] });
  expect(only(found, { keepsSecrets: true }).secrets).toEqual([]);
});

test('a value that the secret store refuses stays in the manifest with a note', () => {
  const { row, origin } = only(server('a', program([], { KEY_SECRET: 'line 1\nline 2' })));
  expect(origin).toMatchObject({ env: [{ name: 'KEY_SECRET', value: 'line 1\nline 2' }] });
  expect(row.notes).toEqual([expect.stringMatching(/^KEY_SECRET stays in the manifest/)]);
});

test.each([
  ['a command of a variable', { ...program([]), command: '${UNSET}' }, 'its command is not known'],
  ['a host of a variable', remote('https://${UNSET}/mcp'), 'the host of its address is not known'],
  ['another scheme', remote('ftp://a.example/'), 'its address is not an http or https URL'],
])('%s is unsupported', (_, launch, reason) => {
  expect(plan([server('a', launch)])).toMatchObject([
    { state: 'unsupported', reason: expect.stringContaining(reason) },
  ]);
});

const name = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('runtime', '文件', 'a', '__proto__', 'My Server (prod)'),
);
const value = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom('${A}', '${A:-b}', '<X>', 'CANARY-xyz', '${secret:x}'),
);
const entry = fc.oneof(
  fc
    .record({
      command: fc.constantFrom('npx', 'node', ''),
      args: fc.array(value, { maxLength: 4 }),
      keys: fc.array(value, { maxLength: 3 }),
    })
    .map(({ command, args, keys }) => ({
      ...program(args, Object.fromEntries(keys.map((one, at) => [`V${String(at)}_TOKEN`, one]))),
      command,
    })),
  fc.tuple(fc.webUrl({ withQueryParameters: true }), value).map(([url, header]) => remote(url, { 'X-Key': header })),
);

test('T-450 every found server is in one row, names are unique, and each manifest is valid', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, entry, fc.boolean()), { maxLength: 6 }), (list) => {
      const found = list.map(([each, launch, isEnabled]) => server(each, launch, { isEnabled }));
      const rows = plan(found);
      expect(rows.reduce((sum, { places }) => sum + places.length, 0)).toBe(found.length);
      const names = rows.filter(({ state }) => state === 'new').map((row) => row.name);
      expect(new Set(names).size).toBe(names.length);
      for (const row of rows) {
        if (row.planned === undefined) continue;
        const { manifest } = importedManifest(row.planned, row.name);
        expect(() => parseManifest(manifest)).not.toThrow();
      }
    }),
  );
});

test('[first-hour.07] T-451 no value of a secret is in the shown texts or in the manifest', () => {
  const secret = fc.stringMatching(/^CANARY[a-z0-9]{8,20}$/);
  fc.assert(
    fc.property(secret, fc.constantFrom('env', 'flag', 'flag=', 'header', 'query', 'user'), (canary, place) => {
      const launches: Readonly<Record<string, FoundProcess | FoundRemote>> = {
        env: program(['a'], { API_KEY: canary }),
        flag: program(['--password', canary]),
        'flag=': program([`--access-token=${canary}`]),
        header: remote('https://a.example/', { Authorization: `Bearer ${canary}` }),
        query: remote(`https://a.example/?token=${canary}`),
        user: remote(`https://u:${canary}@a.example/`),
      };
      const [row] = plan([server('a', launches[place] ?? program([]))]);
      if (row?.planned === undefined) throw new Error('no plan');
      const { manifest, secrets } = importedManifest(row.planned, 'a');
      const shown = JSON.stringify([{ ...row, planned: undefined }, manifest]);
      expect(shown).not.toContain(canary);
      expect(secrets).toHaveLength(1);
    }),
  );
});
