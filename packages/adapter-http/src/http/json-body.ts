import type { ZodType } from 'zod';
import { ClarityError, printable } from '@clarity-runtime/core';

const MAX_DEPTH = 128;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a body as the schema says; an empty one counts as `{}`. REQUEST_INVALID names the field that is wrong. */
export function parseJsonBody<T>(bytes: Uint8Array, schema: ZodType<T>): T {
  const result = schema.safeParse(bytes.length === 0 ? {} : parseJson(bytes));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : (issue?.path ?? []);
  const field = path.map(String).join('.');
  throw invalid(
    printable(issue?.message ?? 'not what is expected here'),
    field === '' ? {} : { field: printable(field) },
  );
}

function parseJson(bytes: Uint8Array): unknown {
  if (isTooDeep(bytes)) throw invalid(`JSON nested deeper than ${String(MAX_DEPTH)} levels`);
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    // The parser's own message repeats the input.
    throw invalid('the body is not JSON in UTF-8', { cause });
  }
}

/** Counts brackets outside strings, so that no parser and no validator has to walk what is too deep to walk. */
function isTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === QUOTE) inString = !inString;
    else if (inString) i += byte === BACKSLASH ? 1 : 0;
    else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

const invalid = (subject: string, detail: { field?: string; cause?: unknown } = {}): ClarityError =>
  new ClarityError('REQUEST_INVALID', subject, detail);
