import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseJsonText } from '@clarity-runtime/adapter-store-fs';
import { decodeText, toPrintableAscii } from '@clarity-runtime/core/internal';
import { messageOf } from '../support/error-text.ts';
import { CliError } from '../support/cli-error.ts';
import { foreignConfig, foreignText, type ForeignConfig } from './foreign-config.ts';

const MAX_DOCUMENTS = 10_000;

/** Returns whether a path names a `clarity.yaml`, by its extension; `-` is standard input. */
export const isClarityPath = (path: string): boolean => path === '-' || /\.ya?ml$/i.test(path);

/** A manifest or a policy of a file. */
export interface Document {
  /** The place of the document in its file, for messages. */
  readonly from: string;
  readonly value: unknown;
}

/**
 * Returns the documents of a JSON file in UTF-8 or UTF-16. Checks only the shape of the file: the daemon validates manifests
 * and names the field.
 * @throws CliError with line and column when the file is not JSON, and with the name of the product when it is a
 *   configuration of another one.
 */
export async function documentsOf(cwd: string, named: string): Promise<readonly Document[]> {
  const refuse = (reason: string, hint = 'see schemas/mcp-service-v1.schema.json', cause?: unknown): CliError =>
    new CliError(`${named} cannot be applied: ${reason}`, { hint, cause });
  const value = valueOf(await textOf(resolve(cwd, named), refuse), named, refuse);
  const foreign = foreignConfig(value);
  if (foreign !== undefined) throw refuse(`it is ${foreign.title}, not a manifest`, hintOf(foreign, named));
  const items = itemsOf(value);
  if (items === undefined) return [{ from: named, value }];
  if (items.length === 0) throw refuse('the file contains no manifest');
  if (items.length > MAX_DOCUMENTS) throw refuse(`the file contains more than ${String(MAX_DOCUMENTS)} manifests`);
  return items.map((each, at) => ({ from: `${named}[${String(at)}]`, value: each }));
}

const hintOf = ({ command }: ForeignConfig, named: string): string =>
  `register its servers: \`clarityctl ${command} ${toPrintableAscii(named)}\``;

type Refuse = (reason: string, hint?: string, cause?: unknown) => CliError;

async function textOf(path: string, refuse: Refuse): Promise<string> {
  try {
    return decodeText(await readFile(path));
  } catch (error) {
    throw refuse(messageOf(error), undefined, error);
  }
}

function valueOf(text: string, named: string, refuse: Refuse): unknown {
  try {
    return parseJsonText(text);
  } catch (error) {
    const foreign = foreignText(text);
    if (foreign !== undefined) throw refuse(`it is ${foreign.title}, not a manifest`, hintOf(foreign, named), error);
    throw refuse(`the file is not JSON: ${messageOf(error)}`, undefined, error);
  }
}

function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as readonly unknown[];
  const isBundle = typeof value === 'object' && value !== null && 'items' in value && !('kind' in value);
  return isBundle && Array.isArray(value.items) ? value.items : undefined;
}
