import { basename, dirname, resolve } from 'node:path';
import { configValue, readForeignFile } from '@clarity-runtime/adapter-store-fs';
import type { CommandContext } from '../command-support/command-context.ts';
import { CliError } from '../support/cli-error.ts';
import { messageOf } from '../support/error-text.ts';
import { clarityFile, type ClarityFile } from './clarity-file.ts';
import { withVariant } from './file-variant.ts';

/** File that commands read without `-f`. */
export const DEFAULT_FILE = 'clarity.yaml';
const MAX_BYTES = 1024 * 1024;
const MAX_SERVICES = 1_000;
const MAX_PROBLEMS = 10;

/** A parsed file, and the folder of its relative paths. */
export interface ReadClarityFile {
  readonly file: ClarityFile;
  readonly folder: string;
  /** Name for messages. */
  readonly from: string;
}

/**
 * Reads a `clarity.yaml`, or JSON with the same members, of at most 1 MiB. A link is not followed; aliases, depth and the number
 * of services are bounded.
 * @throws CliError with the place of each problem.
 */
export async function readClarityFile(
  { cwd, secretInput }: Pick<CommandContext, 'cwd' | 'secretInput'>,
  path: string,
  variant?: string,
): Promise<ReadClarityFile> {
  const at = resolve(cwd, path);
  const from = path === '-' ? 'standard input' : path;
  const refuse = (reason: string, cause?: unknown): CliError =>
    new CliError(`${from}: ${reason}`, { hint: 'nothing was changed', code: 'FILE_INVALID', cause });
  let text: string | undefined;
  let value: unknown;
  try {
    text = path === '-' ? await secretInput.piped() : await readForeignFile(at, { maxBytes: MAX_BYTES });
    if (text !== undefined) value = configValue(text, 'yaml');
  } catch (error) {
    throw refuse(messageOf(error), error);
  }
  if (text === undefined) {
    const hint =
      'name a file with -f, or write one from the registered services: `clarityctl export -o yaml > clarity.yaml`';
    throw new CliError(`${from}: the file does not exist`, { hint, code: 'FILE_INVALID' });
  }
  if (hasPrototypeKey(value)) throw refuse("'__proto__' cannot be a name");
  const read = clarityFile.safeParse(value);
  if (!read.success) {
    const problems = read.error.issues.slice(0, MAX_PROBLEMS).map(({ path: place, message }) => {
      const field = place.join('.');
      return field === '' ? message : `${field}: ${message}`;
    });
    throw refuse(problems.join('; '));
  }
  const count = Object.keys({ ...read.data.services, ...read.data.mcpServers }).length;
  if (count > MAX_SERVICES) throw refuse(`${String(count)} services, the limit is ${String(MAX_SERVICES)}`);
  const twice = Object.keys(read.data.services ?? {}).find((name) => Object.hasOwn(read.data.mcpServers ?? {}, name));
  if (twice !== undefined) throw refuse(`'${twice}' is in services and in mcpServers`);
  const file = variant === undefined ? read.data : withVariant(read.data, variant, from);
  return { file, folder: path === '-' ? cwd : dirname(at), from: path === '-' ? from : basename(at) };
}

/** A parser drops such a member without a word. The depth of the value is bounded. */
const hasPrototypeKey = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, '__proto__') || Object.values(value).some(hasPrototypeKey));
