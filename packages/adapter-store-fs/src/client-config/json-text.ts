import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { ConfigProblem, problemAt } from './config-text.ts';
import { keyOf, propertiesOf } from './json-edit.ts';

/**
 * Returns the value of a JSON text (RFC 8259). A refusal names line and column, and contains no text of the file.
 * @throws ConfigProblem when the text is not JSON, or when an object has two members of one name.
 */
export function parseJsonText(text: string): unknown {
  if (text.trim() === '') throw new ConfigProblem('the file is empty');
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigProblem('the file is nested too deeply');
    throw error;
  }
  const [first] = errors;
  if (first !== undefined) throw problemAt(problemOf(first, text), text, first.offset);
  if (root === undefined) throw new ConfigProblem('the file is not valid JSON');
  assertUniqueMembers(root, text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ConfigProblem('the file is not valid JSON');
  }
}

function problemOf({ error, offset, length }: ParseError, text: string): string {
  const at = text.slice(offset, offset + Math.max(length, 2));
  if (at.startsWith('//') || at.startsWith('/*') || at.startsWith('#')) return 'JSON has no comments';
  if (/^\s*[}\]]/.test(at) && /,\s*$/.test(text.slice(0, offset))) return 'JSON has no trailing commas';
  return words(error);
}

/** Returns the words of an error of the parser, for example `comma expected`. */
export const words = (error: ParseError['error']): string =>
  printParseErrorCode(error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

function assertUniqueMembers(root: Node, text: string): void {
  const left = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (node.type !== 'object') {
      // One by one: a call has room for fewer arguments than a long list has items.
      for (const child of node.children ?? []) left.push(child);
      continue;
    }
    const seen = new Set<unknown>();
    for (const property of propertiesOf(node)) {
      const key = keyOf(property);
      if (seen.has(key)) throw problemAt('an object has two members of this name', text, property.offset);
      seen.add(key);
      const value = property.children?.[1];
      if (value !== undefined) left.push(value);
    }
  }
}
