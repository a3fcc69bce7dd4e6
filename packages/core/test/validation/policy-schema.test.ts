import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { policySchema } from '../../src/validation/policy-schema.ts';

const published = new URL('../../../../schemas/policy-v1.schema.json', import.meta.url);

/** After a change of the schema: `UPDATE_GENERATED=1 npm test -- policy-schema && npm run format:write`. */
test('schemas/policy-v1.schema.json equals the enforced schema', async () => {
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(published, JSON.stringify(policySchema, null, 2));
  expect(JSON.parse(await readFile(published, 'utf8'))).toEqual(policySchema);
});
