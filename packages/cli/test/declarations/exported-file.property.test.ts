import { configValue } from '@clarity-runtime/adapter-store-fs';
import { childProcess, localWasm, parseManifest, remote, type Manifest } from '@clarity-runtime/core';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clarityFile } from '../../src/declarations/clarity-file.ts';
import { exportedFile } from '../../src/declarations/exported-file.ts';
import { fileTargets } from '../../src/declarations/file-manifest.ts';
import { toYaml } from '../../src/terminal/to-yaml.ts';

const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((value) => !/[\0\p{Cs}]/u.test(value));
const variable = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);
const entry = (name: fc.Arbitrary<string>, from: boolean) =>
  name.chain((own) =>
    fc.oneof(
      text.map((value) => ({ name: own, value })),
      fc.constantFrom('${env:HOME}', '***', 'yes', '1', '~').map((value) => ({ name: own, value })),
      fc.constant({ name: own, secretRef: 'file:a/b' }),
      ...(from ? [variable.map((other) => ({ name: own, from: other }))] : []),
    ),
  );
const entries = (name: fc.Arbitrary<string>, from: boolean) =>
  fc.uniqueArray(entry(name, from), { maxLength: 4, selector: (one) => one.name.toLowerCase() });
const common = fc.record(
  {
    module: fc.constantFrom('one', 'Two words', 'drei'),
    displayName: text,
    enabled: fc.boolean(),
    autostart: fc.boolean(),
    policyRef: fc.constantFrom('default', 'careful'),
    policy: fc.constantFrom({ denyTools: ['a'] }, { timeoutMs: 500, tools: { a: { timeoutMs: 20 } } }),
    surface: fc.constantFrom({ prefix: 'p' }, { tools: { a: { hidden: true, description: 'x: "y"\n# z' } } }),
    start: fc.constantFrom({ maxMs: 5000 }, { idleMs: 2000, maxMs: 4000 }),
    labels: fc.constantFrom({ team: 'core' }, { 'managed-by': 'laptop', 'a/b': '' }),
    pinInterface: fc.boolean(),
    isolation: fc.constantFrom('shared' as const, 'per-client' as const),
    toolNamespace: fc.constantFrom('other'),
    version: fc.constantFrom('1.0'),
    restartPolicy: fc.constantFrom({ mode: 'never' as const, maxRestarts: 0, windowSeconds: 1 }),
  },
  { requiredKeys: ['module'] },
);

const manifests: fc.Arbitrary<Manifest> = fc.oneof(
  fc
    .tuple(text, fc.array(text, { maxLength: 4 }), common, entries(variable, true), fc.boolean())
    .map(([command, args, options, env, isWhole]) =>
      childProcess(command, args, {
        ...options,
        env,
        cwd: '/srv/x',
        ...(isWhole
          ? { envFile: '/srv/.env', inheritEnv: 'none', limits: { processes: 3 }, sandbox: 'auto' as const }
          : {}),
      }),
    ),
  fc
    .tuple(
      common,
      entries(fc.constantFrom('X-A', 'X-B', 'X-C'), false),
      entries(fc.constantFrom('a', 'b c', '__proto__'), false),
    )
    .map(([options, headers, query]) =>
      remote('https://mcp.example.com/mcp', {
        ...options,
        ...(headers.length === 0 ? {} : { headers }),
        ...(query.length === 0 ? {} : { query }),
        tls: { caFile: '/etc/ca.pem' },
        maxConcurrency: options.enabled === true ? 4 : undefined,
      }),
    ),
  common.map(({ start: _, ...options }) => localWasm('/srv/x.wasm', options)),
);

test('export and reading the file give the same manifests', () => {
  fc.assert(
    fc.property(fc.array(manifests, { minLength: 1, maxLength: 3 }), (all) => {
      const services = all.map((manifest, at) => ({ namespace: `s${String(at)}`, manifest }));
      const yaml = toYaml(exportedFile(services, [{ metadata: { name: 'careful' }, spec: { denyTools: ['x'] } }]));
      const file = clarityFile.parse(configValue(yaml, 'yaml'));
      const targets = [...fileTargets(file, '/anywhere/else').values()];
      expect(targets.map((target) => JSON.parse(JSON.stringify(target)) as unknown)).toEqual(
        all.map((manifest) => ({ manifest: JSON.parse(JSON.stringify(manifest)) as unknown })),
      );
      expect(file.policies).toEqual({ careful: { denyTools: ['x'] } });
    }),
    { numRuns: 200 },
  );
});

test('every service of a file is a manifest that the daemon accepts', () => {
  const file = clarityFile.parse({
    version: 1,
    name: 'laptop',
    defaults: { start: { maxMs: 300_000 } },
    services: {
      github: {
        command: ['npx', '-y', 'server-github'],
        env: {
          TOKEN: { secret: 'file:github' },
          LOG: 'info',
          N: 3,
          P: { env: 'HOME', default: '/' },
          H: { env: 'HOME' },
        },
        tools: { deny: ['delete'] },
      },
      search: {
        url: 'https://mcp.example.com/mcp',
        headers: { 'X-Key': { secret: 'file:search' } },
        tls: { caFile: './ca.pem' },
      },
    },
    mcpServers: {
      notes: { command: 'notes', args: ['${NOTES}', '$HOME'], env: { A: '${B:-c}' }, disabled: true, alwaysAllow: [] },
    },
  });
  const targets = fileTargets(file, '/w');
  const all = [...targets].map(([, target]) => ('manifest' in target ? target.manifest : undefined));
  expect(all.map((manifest) => parseManifest(manifest).metadata.labels)).toEqual(
    all.map(() => ({ 'managed-by': 'laptop' })),
  );
  expect(all[0]?.spec).toMatchObject({
    start: { maxMs: 300_000 },
    policy: { denyTools: ['delete'] },
    origin: {
      cwd: '/w',
      env: [
        { name: 'TOKEN', secretRef: 'file:github' },
        { name: 'LOG', value: 'info' },
        { name: 'N', value: '3' },
        { name: 'P', value: '${env:HOME:-/}' },
        { name: 'H', from: 'HOME' },
      ],
    },
  });
  expect(all[1]?.spec.origin).toMatchObject({ tls: { caFile: '/w/ca.pem' } });
  expect(all[2]?.spec).toMatchObject({
    enabled: false,
    origin: { args: ['${env:NOTES}', '$HOME'], env: [{ name: 'A', value: '${env:B:-c}' }] },
  });
});
