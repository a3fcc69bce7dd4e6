import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { clarityFile } from '../../src/declarations/clarity-file.ts';

const published = new URL('../../../../schemas/clarity-file-v1.schema.json', import.meta.url);

/** After a change of the contract: `UPDATE_GENERATED=1 npm test -- clarity-file && npm run format:write`. */
test('schemas/clarity-file-v1.schema.json is the JSON Schema of the contract', async () => {
  const schema = {
    $id: 'urn:clarity-runtime:schema:clarity-file-v1',
    title: 'Clarity Runtime services of one file (clarity.yaml), version 1',
    ...z.toJSONSchema(clarityFile, { target: 'draft-2020-12', io: 'input' }),
  };
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(published, JSON.stringify(schema, null, 2));
  expect(JSON.parse(await readFile(published, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
});
