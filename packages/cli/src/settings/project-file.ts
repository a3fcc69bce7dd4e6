import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { codeOf, messageOf } from '../support/error-text.ts';
import { CliError } from '../support/cli-error.ts';

/** What `clarity.json` beside a source may say of its service; other members are other programs'. */
const project = z.object({
  module: z.string().min(1).optional(),
  name: z.string().min(1).optional(),
  entry: z.string().min(1).optional(),
  wasm: z.string().min(1).optional(),
});

export type Project = z.infer<typeof project>;

/** What stands in the `clarity.json` beside a source; nothing when there is none. `wasm` becomes absolute. */
export async function readProject(sourcePath: string): Promise<Project> {
  const folder = dirname(sourcePath);
  const path = join(folder, 'clarity.json');
  const refuse = (reason: string, cause?: unknown): CliError =>
    new CliError(`${path} cannot be used: ${reason}`, { hint: 'correct it, or move it away', cause });
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
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
