import { expect, test } from '@jest/globals';
import { LAYERS, rowRules, writtenRules } from './dependency-config.ts';
import { brokenRules, cleanTree, type Tree } from './mini-tree.ts';

const core = 'packages/core/src';

/** One file for each way to violate a rule: the rule, the file, its import. */
type Plant = readonly [rule: string, file: string, imported: string];

const plants: readonly Plant[] = [
  ['bare-imports-what-it-declares', 'packages/bare/src/plant.ts', '@clarity-runtime/core'],
  ['domain-is-pure', `${core}/domain/plant-room.ts`, '../ports/index.ts'],
  ['domain-is-pure', `${core}/domain/plant-vendor.ts`, 'export zod'],
  ['digest-takes-only-crypto', `${core}/domain/json/digest.ts`, './a.ts'],
  ['entropy-takes-only-crypto', `${core}/composition/system-entropy.ts`, 'node:fs/promises'],
  ['core-does-no-io', `${core}/composition/plant-io.ts`, 'node:fs/promises'],
  ['core-does-no-io', `${core}/composition/plant-dynamic.ts`, 'await fs'],
  ['core-rooms-are-fixed', `${core}/composition/plant-room.ts`, '../errors/new-room.ts'],
  ['ports-know-only-domain', `${core}/ports/plant.ts`, '../application/a.ts'],
  ['outbound-ports-know-no-inbound-port', `${core}/ports/outbound/plant.ts`, '../inbound/a.ts'],
  ['application-knows-domain-and-ports', `${core}/application/plant.ts`, '../memory/index.ts'],
  ['protocol-knows-domain-and-ports', `${core}/protocol/plant.ts`, '../application/a.ts'],
  ['audit-chain-and-registry-know-domain-and-ports', `${core}/audit-chain/plant.ts`, '../memory/index.ts'],
  ['audit-chain-and-registry-know-domain-and-ports', `${core}/registry/plant.ts`, '../validation/a.ts'],
  ['only-edges-know-the-protocol', `${core}/composition/plant-protocol.ts`, '../protocol/index.ts'],
  ['validation-knows-domain-and-ports', `${core}/validation/plant.ts`, '../application/a.ts'],
  ['one-room-knows-ajv', `${core}/composition/plant-ajv.ts`, 'ajv'],
  ['one-room-knows-ajv', 'packages/adapter-http/src/plant-ajv.ts', 'ajv'],
  ['testing-knows-domain-and-ports', `${core}/testing/plant.ts`, '../memory/index.ts'],
  ['memory-knows-domain-and-ports', `${core}/memory/plant.ts`, '../application/a.ts'],
  ['core-knows-no-package', `${core}/composition/plant-package.ts`, '@clarity-runtime/adapter-http'],
  ['one-room-knows-tsyringe', `${core}/composition/plant-container.ts`, 'tsyringe'],
  ['one-package-knows-jco', 'packages/cli/src/plant-jco.ts', '@bytecodealliance/jco-transpile'],
  ['front-doors-only', 'packages/cli/src/plant-deep.ts', '../../core/src/domain/a.ts'],
  ['examples-and-scenarios-use-front-doors', 'examples/plant.ts', '../packages/core/src/domain/a.ts'],
  ['examples-and-scenarios-use-front-doors', 'test/scenarios/plant.ts', '../../packages/core/src/domain/a.ts'],
  ['internal-door-is-for-siblings', 'examples/plant-internal.ts', '@clarity-runtime/core/internal'],
  ['internal-door-is-for-siblings', 'test/e2e/plant-internal.ts', '@clarity-runtime/core/internal'],
  ['adapters-never-meet', 'packages/adapter-http/src/plant.ts', '@clarity-runtime/adapter-wasm'],
  ['only-toolchain-and-cli-compile', 'packages/adapter-wasm/src/plant.ts', '@clarity-runtime/compiler'],
  ['compiler-is-pure', 'packages/compiler/src/plant.ts', '@clarity-runtime/adapter-http'],
  ['compiler-does-no-io', 'packages/compiler/src/plant-io.ts', 'node:path'],
  ['contract-knows-no-package', 'packages/api-contract/src/plant.ts', '@clarity-runtime/core'],
  ['page-takes-types-of-the-contract', 'packages/status-page/src/plant.ts', '@clarity-runtime/core'],
  ['page-bundles-no-package', 'packages/status-page/src/plant-value.ts', 'value @clarity-runtime/api-contract'],
  ['page-is-not-imported', 'packages/cli/src/plant-page.ts', '@clarity-runtime/status-page'],
  ['src-never-imports-testing', 'packages/cli/src/plant-testing.ts', '@clarity-runtime/core/testing'],
  ['src-never-imports-tests', 'packages/core/src/composition/plant-test.ts', '../../test/a.test.ts'],
  ['loose-files-are-doors', 'packages/cli/src/settings/plant-door.ts', '../door.ts'],
  ['loose-files-are-doors-2', 'packages/compiler/src/checker/names/plant-door.ts', '../door.ts'],
  ['no-cycles', `${core}/domain/plant-cycle-back.ts`, './plant-cycle.ts'],
  ['no-undeclared-packages', 'packages/cli/src/plant-undeclared.ts', 'left-pad'],
  ['no-undeclared-packages', 'packages/cli/src/plant-dev.ts', 'dev-only'],
  ['no-unresolvable', 'packages/cli/src/plant-missing.ts', './missing.ts'],
];

/** For each room with a room beside it or above it: a file that imports the next room. */
const rowPlants: readonly Plant[] = Object.entries(LAYERS)
  .filter(([folder]) => !['core/src', 'core/src/ports'].includes(folder))
  .flatMap(([folder, rows]) => {
    const rooms = rows.flatMap((row) => row.split(' '));
    const hasTopAlone = rows.at(-1)?.includes(' ') === false;
    return rooms.slice(0, hasTopAlone ? -1 : undefined).map((room, index): Plant => {
      const name = `${folder.replace('/src', '').replaceAll('/', '-')}-${room}-sees-below`;
      const target = rooms[index + 1] ?? rooms[index - 1] ?? '';
      return [name, `packages/${folder}/${room}/plant-row.ts`, `../${target}/row.ts`];
    });
  });

const filesOf = (list: readonly Plant[]): Tree =>
  Object.fromEntries(list.map(([, file, imported]) => [file, statement(imported)]));

const empty = 'export const nothing = 0;\n';

test('dependency-cruiser reports nothing for a tree that follows the rules', async () => {
  expect(await brokenRules(cleanTree)).toEqual([]);
});

test('dependency-cruiser reports every planted violation by its own rule only', async () => {
  const targets: Tree = {
    [`${core}/errors/new-room.ts`]: empty,
    [`${core}/domain/json/a.ts`]: empty,
    [`${core}/ports/inbound/a.ts`]: empty,
    [`${core}/domain/plant-cycle.ts`]: statement('./plant-cycle-back.ts'),
    'packages/cli/src/door.ts': empty,
    'packages/compiler/src/checker/door.ts': empty,
    ...Object.fromEntries(
      Object.entries(LAYERS).flatMap(([folder, rows]) =>
        rows.flatMap((row) => row.split(' ')).map((room) => [`packages/${folder}/${room}/row.ts`, empty]),
      ),
    ),
  };
  const found = await brokenRules({ ...cleanTree, ...targets, ...filesOf(plants), ...filesOf(rowPlants) });
  // An import against the layer order also makes a circle of folders. The next test covers that rule.
  expect(found.filter((line) => !line.endsWith(': no-folder-circles'))).toEqual(
    [...plants, ...rowPlants].map(([rule, file]) => `${file}: ${rule}`).sort(),
  );
});

test('dependency-cruiser reports two folders that import each other through different files', async () => {
  const circle: Tree = {
    'packages/compiler/src/one/a.ts': statement('../two/b.ts'),
    'packages/compiler/src/one/d.ts': empty,
    'packages/compiler/src/two/b.ts': empty,
    'packages/compiler/src/two/c.ts': statement('../one/d.ts'),
  };
  expect(await brokenRules({ ...cleanTree, ...circle })).toEqual([
    'packages/compiler/src/one: no-folder-circles',
    'packages/compiler/src/two: no-folder-circles',
  ]);
});

test('every dependency rule has a planted violation', () => {
  const planted = new Set([...plants, ...rowPlants].map(([rule]) => rule)).add('no-folder-circles');
  expect([...writtenRules, ...rowRules].filter((rule) => !planted.has(rule))).toEqual([]);
  expect(rowPlants.map(([rule]) => rule).sort()).toEqual([...rowRules].sort());
});

function statement(imported: string): string {
  if (imported === 'await fs') return "export const later = (): Promise<unknown> => import('node:fs');\n";
  if (imported === 'export zod') return "export type { ZodType } from 'zod';\n";
  const value = /^value (.*)$/.exec(imported)?.[1];
  if (value !== undefined) return `export { nothing } from '${value}';\n`;
  return `import type { nothing } from '${imported}';\nexport type Planted = typeof nothing;\n`;
}
