import { expect, test } from '@jest/globals';
import { brokenRules, cleanTree, type Tree } from './mini-tree.ts';
import { readText } from './workspace-files.ts';

const core = 'packages/core/src';

/** One file per way to break a rule: the rule, the file, what it imports. */
const plants: readonly (readonly [rule: string, file: string, imported: string])[] = [
  ['bare-imports-what-it-declares', 'packages/bare/src/plant.ts', '@clarity-runtime/core'],
  ['domain-is-pure', `${core}/domain/plant-room.ts`, '../ports/index.ts'],
  ['domain-is-pure', `${core}/domain/plant-vendor.ts`, 'export zod'],
  ['digest-takes-only-crypto', `${core}/domain/json/digest.ts`, '../a.ts'],
  ['core-does-no-io', `${core}/composition/plant-io.ts`, 'node:fs/promises'],
  ['core-does-no-io', `${core}/composition/plant-dynamic.ts`, 'await fs'],
  ['core-rooms-are-fixed', `${core}/composition/plant-room.ts`, '../errors/new-room.ts'],
  ['ports-know-only-domain', `${core}/ports/plant.ts`, '../application/a.ts'],
  ['application-knows-domain-and-ports', `${core}/application/plant.ts`, '../memory/index.ts'],
  ['protocol-knows-domain-and-ports', `${core}/protocol/plant.ts`, '../application/a.ts'],
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
  ['nobody-imports-the-page', 'packages/cli/src/plant-page.ts', '@clarity-runtime/status-page'],
  ['src-never-imports-testing', 'packages/cli/src/plant-testing.ts', '@clarity-runtime/core/testing'],
  ['src-never-imports-tests', 'packages/core/src/composition/plant-test.ts', '../../test/a.test.ts'],
  ['no-cycles', `${core}/domain/plant-cycle-back.ts`, './plant-cycle.ts'],
  ['no-undeclared-packages', 'packages/cli/src/plant-undeclared.ts', 'left-pad'],
  ['no-undeclared-packages', 'packages/cli/src/plant-dev.ts', 'dev-only'],
  ['no-unresolvable', 'packages/cli/src/plant-missing.ts', './missing.ts'],
];

test('a tree that keeps the rules passes', async () => {
  expect(await brokenRules(cleanTree)).toEqual([]);
}, 60_000);

test('every plant is reported by its own rule and by no other', async () => {
  const broken: Tree = Object.fromEntries(plants.map(([, file, imported]) => [file, statement(imported)]));
  const beside: Tree = {
    [`${core}/errors/new-room.ts`]: 'export const nothing = 0;\n',
    [`${core}/domain/plant-cycle.ts`]: statement('./plant-cycle-back.ts'),
  };
  expect(await brokenRules({ ...cleanTree, ...beside, ...broken })).toEqual(
    plants.map(([rule, file]) => `${file}: ${rule}`).sort(),
  );
}, 60_000);

test('every rule has a plant', async () => {
  const written = [...(await readText('.dependency-cruiser.cjs')).matchAll(/name: '([a-z-]+)'/g)].map(
    ([, name]) => name,
  );
  const planted = new Set(plants.map(([rule]) => rule));
  expect(written.filter((rule) => !planted.has(rule ?? ''))).toEqual([]);
});

function statement(imported: string): string {
  if (imported === 'await fs') return "export const later = (): Promise<unknown> => import('node:fs');\n";
  if (imported === 'export zod') return "export type { ZodType } from 'zod';\n";
  const value = /^value (.*)$/.exec(imported)?.[1];
  if (value !== undefined) return `export { nothing } from '${value}';\n`;
  return `import type { nothing } from '${imported}';\nexport type Planted = typeof nothing;\n`;
}
