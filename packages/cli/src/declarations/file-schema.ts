import { z } from 'zod';
import { clarityFile } from './clarity-file.ts';

/** Returns the JSON Schema (draft 2020-12) of `clarity.yaml`. */
export const clarityFileSchema = (): object => ({
  $id: 'urn:clarity-runtime:schema:clarity-file-v1',
  title: 'Clarity Runtime services of one file (clarity.yaml), version 1',
  ...z.toJSONSchema(clarityFile, { target: 'draft-2020-12', io: 'input' }),
});
