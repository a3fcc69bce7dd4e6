import JSON5 from 'json5';
import { parse as parseJsonc, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { parse as parseToml, TomlError } from 'smol-toml';
import { ConfigProblem, problemAt } from '../client-config/config-text.ts';
import type { ClientRow } from '../client-config/client-row.ts';
import { parseYaml } from '../client-config/yaml-config.ts';

const MAX_DEPTH = 32;

/**
 * Returns the value of a configuration. Comments and trailing commas of JSON are accepted in every file.
 * @throws ConfigProblem with line and column, and without any text of the file.
 */
export function configValue(text: string, format: ClientRow['format']): unknown {
  const value = parsed(text, format);
  assertDepth(value);
  return value;
}

function parsed(text: string, format: ClientRow['format']): unknown {
  if (text.trim() === '') return {};
  try {
    if (format === 'toml') return parseToml(text, { integersAsBigInt: 'asNeeded' });
    if (format === 'yaml') return parseYaml(text);
    return format === 'json5' ? JSON5.parse<unknown>(text) : parsedJsonc(text);
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigProblem('the file is nested too deeply');
    if (error instanceof TomlError) {
      throw new ConfigProblem(`line ${String(error.line)}, column ${String(error.column)}: not valid TOML`);
    }
    const { lineNumber, columnNumber } = error as { readonly lineNumber?: number; readonly columnNumber?: number };
    if (lineNumber !== undefined && columnNumber !== undefined) {
      throw new ConfigProblem(`line ${String(lineNumber)}, column ${String(columnNumber)}: not valid JSON5`);
    }
    throw error;
  }
}

function parsedJsonc(text: string): unknown {
  const errors: ParseError[] = [];
  const value = parseJsonc(text, errors, { allowTrailingComma: true }) as unknown;
  const [first] = errors;
  if (first === undefined) return value;
  const words = printParseErrorCode(first.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  throw problemAt(`not valid JSON (${words})`, text, first.offset);
}

/** A deep value would exhaust the stack of every function that visits it. */
function assertDepth(root: unknown): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw new ConfigProblem(`the file is nested deeper than ${String(MAX_DEPTH)} levels`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) next.push(inner);
    }
    level = next;
  }
}
