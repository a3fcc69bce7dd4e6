import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseJsonText } from '@clarity-runtime/adapter-store-fs';
import { decodeText } from '@clarity-runtime/core/internal';
import { z } from 'zod';
import { codeOf, messageOf } from '../support/error-text.ts';
import { CliError } from '../support/cli-error.ts';

/** Members of `clarity.json` that describe the service. Other members are ignored. */
const project = z.object({
  module: z.string().min(1).optional(),
  name: z.string().min(1).optional(),
  entry: z.string().min(1).optional(),
  wasm: z.string().min(1).optional(),
});

export type Project = z.infer<typeof project>;

/**
 * Reads the `clarity.json` next to a source. Returns an empty project when the file does not exist. `wasm` becomes
 * absolute.
 */
export async function readProject(sourcePath: string): Promise<Project> {
  const folder = dirname(sourcePath);
  const path = join(folder, 'clarity.json');
  const refuse = (reason: string, cause?: unknown): CliError =>
    new CliError(`${path} cannot be used: ${reason}`, { hint: 'correct the file or move it away', cause });
  let value: unknown;
  try {
    value = parseJsonText(decodeText(await readFile(path)));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {};
    throw refuse(messageOf(error), error);
  }
  const read = project.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw refuse(`${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not right'}`.trim());
  }
  return read.data;
}
