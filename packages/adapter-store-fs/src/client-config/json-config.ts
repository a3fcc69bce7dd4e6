import { isDeepStrictEqual } from 'node:util';
import { getNodeValue, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { ConfigProblem, problemAt, type ConfigText, type EntryEdit } from './config-text.ts';
import { insertProperty, keyOf, propertiesOf, removeProperty, replaceValue } from './json-edit.ts';

export interface JsonPlace {
  /** Member of the root that holds the servers. */
  readonly container: string;
  /** Name of ours in it. */
  readonly name: string;
  /** The client itself reads no comments and no trailing commas. */
  readonly isStrict: boolean;
}

/** A configuration in JSON, or in JSON with comments. An empty text counts as one without servers. */
export function jsonConfig(place: JsonPlace): ConfigText {
  const { container, name } = place;
  const entryNode = (text: string): Node | undefined => {
    const servers = memberOf(text, rootOf(text, place), container);
    return servers === undefined ? undefined : memberOf(text, servers, name);
  };
  const remove = (text: string): string => {
    const node = entryNode(text);
    const property = node?.parent;
    return property === undefined ? text : checked(text, removeProperty(text, property), place);
  };
  return {
    entry: (text) => {
      const node = entryNode(text);
      return node === undefined ? undefined : (getNodeValue(node) as Readonly<Record<string, unknown>>);
    },
    put: (text, edit) => checked(text, put(text, edit, place), place),
    remove,
  };
}

function put(text: string, { set, drop }: EntryEdit, place: JsonPlace): string {
  const { container, name } = place;
  const root = rootOf(text, place);
  if (root === undefined) return `${text}${JSON.stringify({ [container]: { [name]: set } }, null, 2)}\n`;
  const servers = memberOf(text, root, container);
  if (servers === undefined) return insertProperty(text, root, container, { [name]: set });
  if (memberOf(text, servers, name) === undefined) return insertProperty(text, servers, name, set);
  let edited = text;
  const find = (key?: string): Node | undefined => {
    const entry = memberOf(edited, memberOf(edited, rootOf(edited, place), container), name);
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

/** Undefined for a text that holds nothing at all. */
function rootOf(text: string, { isStrict }: JsonPlace): Node | undefined {
  if (text.trim() === '') return undefined;
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { disallowComments: isStrict, allowTrailingComma: !isStrict });
    if (isStrict && errors.length === 0) JSON.parse(text);
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigProblem('it is nested too deeply');
    throw new ConfigProblem('it is not JSON');
  }
  const [first] = errors;
  if (first !== undefined) {
    throw problemAt(
      `it is not ${isStrict ? '' : 'even '}JSON${isStrict ? '' : ' with comments'} (${words(first)})`,
      text,
      first.offset,
    );
  }
  if (root?.type !== 'object') throw problemAt('it is no JSON object', text, root?.offset ?? 0);
  return root;
}

/** The object under a key. One that is there twice, or that is no object, is not ours to touch. */
function memberOf(text: string, object: Node | undefined, key: string): Node | undefined {
  const [first, second] = (object === undefined ? [] : propertiesOf(object)).filter((one) => keyOf(one) === key);
  if (second !== undefined) throw problemAt(`'${key}' stands there twice`, text, second.offset);
  const value = first?.children?.[1];
  if (value !== undefined && value.type !== 'object') throw problemAt(`'${key}' is no object`, text, value.offset);
  return value;
}

/** An edit is believed only when everything else reads as it did. */
function checked(before: string, after: string, place: JsonPlace): string {
  if (isDeepStrictEqual(othersOf(before, place), othersOf(after, place))) return after;
  throw new ConfigProblem('it cannot be edited without changing what is not ours');
}

function othersOf(text: string, place: JsonPlace): unknown {
  const root = rootOf(text, place);
  const all = (root === undefined ? {} : getNodeValue(root)) as Record<string, Record<string, unknown>>;
  const { [place.container]: servers = {}, ...others } = all;
  return { others, theirs: { ...servers, [place.name]: undefined } };
}

const words = ({ error }: ParseError): string =>
  printParseErrorCode(error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
