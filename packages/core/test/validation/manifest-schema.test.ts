import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { manifestSchema } from '../../src/validation/manifest-schema.ts';

const published = new URL('../../../../schemas/mcp-service-v1.schema.json', import.meta.url);

/** After a change of the schema: `UPDATE_GENERATED=1 npm test -- manifest-schema && npm run format:write`. */
test('[schema.manifest] schemas/mcp-service-v1.schema.json equals the enforced schema', async () => {
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(published, JSON.stringify(manifestSchema, null, 2));
  expect(JSON.parse(await readFile(published, 'utf8'))).toEqual(manifestSchema);
});
