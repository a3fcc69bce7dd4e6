import { isDeepStrictEqual } from 'node:util';
import { getNodeValue, parseTree, type Node, type ParseError } from 'jsonc-parser';
import {
  ConfigProblem,
  problemAt,
  withoutMember,
  type ConfigText,
  type EntryEdit,
  type EntryLocation,
} from './config-text.ts';
import { words } from './json-text.ts';
import { insertProperty, keyOf, propertiesOf, removeProperty, replaceValue } from './json-edit.ts';

/** Place of a server in a JSON file, and its format. */
export interface JsonEntryLocation extends EntryLocation {
  /** The client accepts neither comments nor trailing commas. */
  readonly isStrict: boolean;
}

/** Returns the editor of a configuration in JSON or JSON with comments. An empty text is a file without servers. */
export function jsonConfig(location: JsonEntryLocation): ConfigText {
  const { name } = location;
  const entryNode = (text: string): Node | undefined => {
    const servers = serversOf(text, location);
    return servers === undefined ? undefined : memberOf(text, servers, name);
  };
  const remove = (text: string): string => {
    const node = entryNode(text);
    const property = node?.parent;
    return property === undefined ? text : checked(text, removeProperty(text, property), location);
  };
  return {
    entry: (text) => {
      const node = entryNode(text);
      return node === undefined ? undefined : (getNodeValue(node) as Readonly<Record<string, unknown>>);
    },
    put: (text, edit) => checked(text, put(text, edit, location), location),
    remove,
  };
}

function put(text: string, { set, drop }: EntryEdit, location: JsonEntryLocation): string {
  const { container, name } = location;
  const root = rootOf(text, location);
  const path = [...container, name];
  const nested = (from: number): unknown =>
    path.slice(from).reduceRight<unknown>((inner, key) => ({ [key]: inner }), set);
  if (root === undefined) return `${text}${JSON.stringify(nested(0), null, 2)}\n`;
  let servers = root;
  for (const [at, key] of path.entries()) {
    const inner = memberOf(text, servers, key);
    if (inner === undefined) return insertProperty(text, servers, key, nested(at + 1));
    servers = inner;
  }
  let edited = text;
  const find = (key?: string): Node | undefined => {
    const entry = memberOf(edited, serversOf(edited, location), name);
    return key === undefined ? entry : propertiesOf(entry ?? root).find((property) => keyOf(property) === key);
  };
  for (const key of drop) {
    const property = find(key);
    if (property !== undefined) edited = removeProperty(edited, property);
  }
  for (const [key, value] of Object.entries(set)) {
    const there = find(key)?.children?.[1];
    const entry = find();
    if (there === undefined && entry !== undefined) edited = insertProperty(edited, entry, key, value);
    else if (there !== undefined && !isDeepStrictEqual(getNodeValue(there), value)) {
      edited = replaceValue(edited, there, value);
    }
  }
  return edited;
}

/** Returns the object that contains the servers; undefined if the text has none. */
function serversOf(text: string, location: JsonEntryLocation): Node | undefined {
  let found = rootOf(text, location);
  for (const key of location.container) found = found && memberOf(text, found, key);
  return found;
}

/** Returns the root object; undefined for an empty text. */
function rootOf(text: string, { isStrict }: JsonEntryLocation): Node | undefined {
  if (text.trim() === '') return undefined;
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { disallowComments: isStrict, allowTrailingComma: !isStrict });
    if (isStrict && errors.length === 0) JSON.parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigProblem('the file is nested too deeply');
    throw new ConfigProblem('the file is not valid JSON');
  }
  const [first] = errors;
  if (first !== undefined) {
    throw problemAt(`not valid JSON${isStrict ? '' : ' with comments'} (${words(first.error)})`, text, first.offset);
  }
  if (root?.type !== 'object') throw problemAt('the root is not a JSON object', text, root?.offset ?? 0);
  return root;
}

/** Returns the object under a key. @throws ConfigProblem when the key is duplicated or its value is not an object. */
function memberOf(text: string, object: Node | undefined, key: string): Node | undefined {
  const [first, second] = (object === undefined ? [] : propertiesOf(object)).filter((one) => keyOf(one) === key);
  if (second !== undefined) throw problemAt(`duplicate member '${key}'`, text, second.offset);
  const value = first?.children?.[1];
  if (value !== undefined && value.type !== 'object') throw problemAt(`'${key}' is not an object`, text, value.offset);
  return value;
}

/** Returns the edited text if all other members are unchanged. @throws ConfigProblem otherwise. */
function checked(before: string, after: string, location: JsonEntryLocation): string {
  if (isDeepStrictEqual(othersOf(before, location), othersOf(after, location))) return after;
  throw new ConfigProblem('the file cannot be edited without changing other entries');
}

function othersOf(text: string, location: JsonEntryLocation): unknown {
  const root = rootOf(text, location);
  return withoutMember(root === undefined ? {} : getNodeValue(root), [...location.container, location.name]);
}
