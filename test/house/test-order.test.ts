import { expect, test } from '@jest/globals';

interface Suite {
  readonly path: string;
  readonly context: object;
  readonly duration?: number;
}

const { default: TestOrder } = (await import(new URL('../../scripts/test-order.mjs', import.meta.url).href)) as {
  readonly default: new () => { sort(tests: readonly Suite[]): readonly Suite[] };
};

test('suites that start processes or run contracts start before larger files when no duration is known', () => {
  const sizes: Readonly<Record<string, number>> = {
    '/r/packages/core/test/domain/large.test.ts': 9_000,
    '/r/packages/core/test/domain/small.test.ts': 10,
    '/r/packages/core/test/memory/index.contract.test.ts': 500,
    '/r/packages/compiler/test/parser/parser.property.test.ts': 300,
    '/r/test/e2e/policies.test.ts': 200,
  };
  const context = { config: { cache: false }, hasteFS: { getSize: (path: string) => sizes[path] } };
  const order = new TestOrder().sort(Object.keys(sizes).map((path) => ({ path, context })));
  expect(order.map(({ path }) => path)).toEqual([
    '/r/packages/core/test/memory/index.contract.test.ts',
    '/r/packages/compiler/test/parser/parser.property.test.ts',
    '/r/test/e2e/policies.test.ts',
    '/r/packages/core/test/domain/large.test.ts',
    '/r/packages/core/test/domain/small.test.ts',
  ]);
});
