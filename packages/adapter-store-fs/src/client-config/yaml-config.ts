import { isDeepStrictEqual } from 'node:util';
import {
  isMap,
  isScalar,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import {
  ConfigProblem,
  styleOf,
  withoutMember,
  type ConfigText,
  type EntryEdit,
  type EntryLocation,
} from './config-text.ts';
import { splice } from './json-edit.ts';

/** The parser keeps several objects per character. */
const MAX_YAML_LENGTH = 1024 * 1024;
const MAX_ALIAS_COUNT = 50;
const OPTIONS = { version: '1.2', merge: false, uniqueKeys: true, strict: true } as const;

/** Returns the value of a YAML text with one document; undefined for an empty one. @throws ConfigProblem with line and column. */
export const parseYaml = (text: string): unknown => valueOf(documentOf(text));

/** Returns the editor of a configuration in YAML 1.2. An edit changes whole lines, or the inside of a flow map. */
export function yamlConfig(location: EntryLocation): ConfigText {
  const path = [...location.container, location.name];
  const checked = (before: string, after: string): string => {
    if (isDeepStrictEqual(othersOf(before, path), othersOf(after, path))) return after;
    throw new ConfigProblem('the file cannot be edited without changing other entries');
  };
  const entry = (text: string): Readonly<Record<string, unknown>> | undefined => {
    const found = pairAt(documentOf(text), path);
    if (found === undefined) return undefined;
    const value = valueAt(parseYaml(text), path);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
    throw new ConfigProblem(`'${location.name}' is not a map`);
  };
  return {
    entry,
    put: (text, edit) => {
      const was = entry(text);
      return checked(text, was === undefined ? insert(text, path, edit.set) : replace(text, path, was, edit));
    },
    remove: (text) => (entry(text) === undefined ? text : checked(text, cut(text, path))),
  };
}

function documentOf(text: string): Document.Parsed | undefined {
  if (text.length > MAX_YAML_LENGTH) {
    throw new ConfigProblem(`the YAML file has ${String(text.length)} characters, the limit is 1048576`);
  }
  const lines = new LineCounter();
  let documents: ReturnType<typeof parseAllDocuments>;
  try {
    documents = parseAllDocuments(text, { ...OPTIONS, lineCounter: lines, prettyErrors: false });
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigProblem('the file is nested too deeply');
    throw error;
  }
  const [first, second] = Array.isArray(documents) ? documents : [];
  if (second !== undefined) throw new ConfigProblem('the file has more than one YAML document');
  const [problem] = first?.errors ?? [];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new ConfigProblem(`line ${String(line)}, column ${String(col)}: not valid YAML (${words(problem.code)})`);
  }
  if (first === undefined || first.contents === null) return undefined;
  if (!isMap(first.contents)) throw new ConfigProblem('the root is not a map');
  return first as Document.Parsed;
}

const words = (code: string): string => code.toLowerCase().replaceAll('_', ' ');

function valueOf(document: Document.Parsed | undefined): unknown {
  try {
    return document?.toJS({ maxAliasCount: MAX_ALIAS_COUNT });
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigProblem('the file is nested too deeply');
    throw new ConfigProblem('the file has too many aliases');
  }
}

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Readonly<Record<string, unknown>> | null)?.[key], value);

const othersOf = (text: string, path: readonly string[]): unknown => withoutMember(parseYaml(text) ?? {}, path);

type Found = Pair<Node, Node | null>;

const pairsOf = (map: YAMLMap): readonly Found[] => map.items as unknown as readonly Found[];

/** Returns the pair at a path. @throws ConfigProblem when a value on the path is not a map. */
function pairAt(document: Document.Parsed | undefined, path: readonly string[]): Found | undefined {
  let map: unknown = document?.contents ?? undefined;
  let found: Found | undefined;
  for (const [at, name] of path.entries()) {
    if (map === undefined || map === null || (isScalar(map) && map.value === null)) return undefined;
    if (!isMap(map)) throw new ConfigProblem(`'${path.slice(0, at).join('.')}' is not a map`);
    found = pairsOf(map).find(({ key }) => isScalar(key) && key.value === name);
    if (found === undefined) return undefined;
    map = found.value;
  }
  return found;
}

const json = (value: unknown): string => JSON.stringify(value);
const keyText = (name: string): string => (/^[A-Za-z_][\w-]*$/.test(name) ? name : json(name));

function rendered(name: string, value: object, indent: string, unit: string, eol: string): string {
  const lines = Object.entries(value).map(([key, inner]) => `${indent}${unit}${keyText(key)}: ${json(inner)}${eol}`);
  return `${indent}${keyText(name)}:${lines.length === 0 ? ' {}' : ''}${eol}${lines.join('')}`;
}

/** Inserts an entry behind the last one of its container, which is created if it is absent. */
function insert(text: string, path: readonly string[], set: object): string {
  const { eol, unit: found } = styleOf(text);
  // A tab cannot indent YAML.
  const unit = found.startsWith('\t') ? '  ' : found;
  const document = documentOf(text);
  const name = path.at(-1) ?? '';
  const parents = path.slice(0, -1);
  const depth = parents.findIndex((_, at) => !isMap(pairAt(document, parents.slice(0, at + 1))?.value));
  if (depth < 0) return insertInto(text, pairAt(document, parents)?.value as YAMLMap, name, set, { unit, eol });
  const last = pairAt(document, parents.slice(0, depth + 1));
  if (parents.length > 1) throw new ConfigProblem('the servers are in a map that is absent');
  if (last === undefined) {
    if (document !== undefined && (document.contents as unknown as YAMLMap).flow === true) {
      throw new ConfigProblem('the root is written in braces');
    }
    const gap = text === '' || text.endsWith('\n') ? '' : eol;
    return `${text}${gap}${keyText(parents[0] ?? '')}:${eol}${rendered(name, set, unit, unit, eol)}`;
  }
  const at = lineEndOf(text, last.key.range?.[1] ?? text.length);
  return splice(text, at, at, `${text.slice(0, at).endsWith('\n') ? '' : eol}${rendered(name, set, unit, unit, eol)}`);
}

interface Form {
  readonly unit: string;
  readonly eol: string;
}

function insertInto(text: string, map: YAMLMap, name: string, set: object, { unit, eol }: Form): string {
  const last = pairsOf(map).at(-1);
  if (map.flow === true) {
    const at = last === undefined ? (map.range?.[0] ?? 0) + 1 : endOf(last);
    return splice(text, at, at, `${last === undefined ? '' : ', '}${json(name)}: ${json(set)}`);
  }
  if (last === undefined) throw new ConfigProblem('the servers are written in a form that allows no entry');
  const at = lineEndOf(text, endOf(last));
  const indent = indentOf(text, last);
  return splice(
    text,
    at,
    at,
    `${text.slice(0, at).endsWith('\n') ? '' : eol}${rendered(name, set, indent, unit, eol)}`,
  );
}

/** Returns the white space before the key of a pair, which is the first text of its line. */
function indentOf(text: string, pair: Found): string {
  const start = pair.key.range?.[0] ?? 0;
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (/^ *$/.test(indent)) return indent;
  throw new ConfigProblem('the servers are written in a form that allows no further entry');
}

/** Returns the offset behind the last character of a pair, without a comment and line break. */
function endOf({ key, value }: Found): number {
  let node: unknown = value;
  let end = value?.range?.[1] ?? key.range?.[1] ?? 0;
  while (isMap(node) && node.flow !== true) {
    const last = pairsOf(node).at(-1);
    if (last === undefined) break;
    end = last.value?.range?.[1] ?? last.key.range?.[1] ?? end;
    node = last.value;
  }
  return end;
}

/** Returns the offset behind the line of an offset; the offset itself if a line begins there. */
function lineEndOf(text: string, at: number): number {
  if (at > 0 && text[at - 1] === '\n') return at;
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** Returns the lines of a pair in a block map. */
function linesOf(text: string, pair: Found): readonly [start: number, end: number] {
  const start = (pair.key.range?.[0] ?? 0) - indentOf(text, pair).length;
  return [start, lineEndOf(text, endOf(pair))];
}

function containerOf(text: string, path: readonly string[]): YAMLMap {
  return pairAt(documentOf(text), path.slice(0, -1))?.value as unknown as YAMLMap;
}

function cut(text: string, path: readonly string[]): string {
  const map = containerOf(text, path);
  const pair = pairAt(documentOf(text), path);
  if (pair === undefined) return text;
  if (map.flow !== true) return splice(text, ...linesOf(text, pair), '');
  const pairs = pairsOf(map);
  const at = pairs.findIndex(({ key }) => isScalar(key) && key.value === path.at(-1));
  const [previous, next] = [pairs[at - 1], pairs[at + 1]];
  const start = previous === undefined ? (pair.key.range?.[0] ?? 0) : endOf(previous);
  const end = previous === undefined && next !== undefined ? (next.key.range?.[0] ?? 0) : endOf(pair);
  return splice(text, start, end, '');
}

/** Replaces the lines of an entry. Its other members stay, its comments do not. */
function replace(text: string, path: readonly string[], was: object, { set, drop }: EntryEdit): string {
  const kept = Object.entries(was).filter(([key]) => !drop.includes(key));
  const entry = { ...Object.fromEntries(kept), ...set };
  const pair = pairAt(documentOf(text), path);
  if (pair === undefined || containerOf(text, path).flow === true) return insert(cut(text, path), path, entry);
  const { eol, unit } = styleOf(text);
  const [start, end] = linesOf(text, pair);
  return splice(
    text,
    start,
    end,
    rendered(path.at(-1) ?? '', entry, indentOf(text, pair), unit.startsWith('\t') ? '  ' : unit, eol),
  );
}
