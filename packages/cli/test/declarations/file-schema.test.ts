import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { clarityFileSchema } from '../../src/declarations/file-schema.ts';

const published = new URL('../../../../schemas/clarity-file-v1.schema.json', import.meta.url);

/** After a change of the contract: `UPDATE_GENERATED=1 npm test -- file-schema && npm run format:write`. */
test('schemas/clarity-file-v1.schema.json is the JSON Schema of the contract', async () => {
  const schema = clarityFileSchema();
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(published, JSON.stringify(schema, null, 2));
  expect(JSON.parse(await readFile(published, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
});
