import { parseJsonPath, type JsonPath } from './json-path.ts';

/** A form of the output: tables for people, the other forms for programs. */
export type OutputFormat =
  | { readonly kind: 'table' | 'wide' | 'json' | 'yaml' | 'name' }
  | { readonly kind: 'jsonpath'; readonly path: JsonPath };

const KINDS = ['table', 'wide', 'json', 'yaml', 'name'] as const;
const JSON_PATH = 'jsonpath=';

/** The values of `-o`, for messages and completion. */
export const OUTPUT_FORMATS: readonly string[] = [...KINDS, JSON_PATH];

/** Returns the format of a value of `-o`, or undefined for another text. */
export function parseOutputFormat(text: string): OutputFormat | undefined {
  if (text.startsWith(JSON_PATH)) {
    const path = parseJsonPath(text.slice(JSON_PATH.length));
    return path === undefined ? undefined : { kind: 'jsonpath', path };
  }
  const kind = KINDS.find((known) => known === text);
  return kind === undefined ? undefined : { kind };
}

/** Returns whether a program reads the format: the command prints one value, not tables or sentences. */
export const isStructured = ({ kind }: OutputFormat): boolean => kind !== 'table' && kind !== 'wide';
