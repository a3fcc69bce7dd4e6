import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { unboundedStrings } from '../../../../../test/support/unbounded-strings.ts';
import { controlStage, provisioner } from '../../support/control-stage.ts';
import { ask, resultOf } from '../../support/speak.ts';

test('T-547 law: every string in the arguments of every control tool has a bound', async () => {
  await using stage = await controlStage();
  const list = resultOf(await ask(stage.runtime, 'tools/list', {}, { caller: provisioner, service: 'runtime' }));
  const tools = list['tools'] as { name: string; inputSchema: unknown }[];
  expect(tools.length).toBeGreaterThan(15);
  expect(tools.flatMap(({ name, inputSchema }) => unboundedStrings(inputSchema, name))).toEqual([]);
});

test.each(['mcp-service-v1', 'policy-v1'])('T-547 law: every string of a document of %s has a bound', async (name) => {
  const schema: unknown = JSON.parse(
    await readFile(new URL(`../../../../../schemas/${name}.schema.json`, import.meta.url), 'utf8'),
  );
  expect(unboundedStrings(schema, name)).toEqual([]);
});
