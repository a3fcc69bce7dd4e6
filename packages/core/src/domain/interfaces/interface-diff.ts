import { canonicalJson, contentDigest } from '../json/digest.ts';
import {
  worst,
  type ChangeReason,
  type Find,
  type InterfaceChange,
  type InterfaceDiff,
  type FeatureKind,
} from './interface-change.ts';
import { comparedTools } from './compared-tools.ts';
import { SchemaComparison } from './schema-diff.ts';
import { asksForSecret, isEncoded, isImperative, MAX_CHECKED_LENGTH, pathPart, textsOf } from './suspicious-text.ts';
import { hasHiddenCharacters } from '../text/hidden-characters.ts';
import type { Definition as Entry, InterfaceSnapshot } from './interface-snapshot.ts';

type Definition = Readonly<Record<string, unknown>>;

/** An interface that can be compared: a snapshot, or the snapshot that a pin restores. */
export type Comparable = Pick<
  InterfaceSnapshot,
  'interfaceRevision' | 'instructions' | 'tools' | 'resources' | 'resourceTemplates' | 'prompts'
>;

/** Compares two interfaces entry by entry. Each change has a verdict and its reasons. */
export function diffInterfaces(before: Comparable, after: Comparable): InterfaceDiff {
  const budget = newBudget();
  const changes = [
    ...compareInstructions(before.instructions ?? '', after.instructions ?? ''),
    ...OFFERS.flatMap(({ kind, of }) => compareEntries(kind, of(before), of(after), budget)),
  ];
  return {
    from: before.interfaceRevision,
    to: after.interfaceRevision,
    verdict: worst(changes.map(({ verdict }) => verdict)),
    changes,
  };
}

/** Member that marks a definition from which hidden characters were removed. The blank excludes a real member name. */
const CLEANED = ' cleaned';

/** Returns the definition that is compared and pinned, with a mark for removed hidden characters. */
export const comparedDefinition = ({ raw, cleaned }: Entry): Definition => ({
  ...definitionOf(raw.value),
  ...(cleaned === true ? { [CLEANED]: true } : {}),
});

const definitionOf = (value: unknown): Definition =>
  typeof value === 'object' && value !== null ? (value as Definition) : {};

const byKey = (entries: readonly Definition[], key: string): ReadonlyMap<string, Definition> =>
  new Map(
    entries.flatMap((entry): [string, Definition][] => (typeof entry[key] === 'string' ? [[entry[key], entry]] : [])),
  );

/** Lists with entries, in the order of the changes. */
const OFFERS: readonly {
  readonly kind: FeatureKind;
  readonly of: (offer: Comparable) => ReadonlyMap<string, Definition>;
}[] = [
  { kind: 'prompt', of: ({ prompts }) => byKey(prompts.map(comparedDefinition), 'name') },
  { kind: 'resource', of: ({ resources }) => byKey(resources.map(comparedDefinition), 'uri') },
  {
    kind: 'resourceTemplate',
    of: ({ resourceTemplates = [] }) => byKey(resourceTemplates.map(comparedDefinition), 'uriTemplate'),
  },
  {
    kind: 'tool',
    of: ({ tools }) => new Map(comparedTools(tools).map((tool) => [tool.name, comparedDefinition(tool)])),
  },
];

/**
 * Judges an interface without an earlier one. `changes` has only the suspicious entries: an entry of a first interface needs no
 * review unless an attack would have its texts or arguments.
 */
export function judgeInterface(now: Comparable): InterfaceDiff {
  const reasons = instructionReasons(now.instructions ?? '');
  const budget = newBudget();
  const changes: readonly InterfaceChange[] = [
    ...(reasons.length === 0 ? [] : [{ ...INSTRUCTIONS, change: 'added', reasons } as const]),
    ...OFFERS.flatMap(({ kind, of }) => compareEntries(kind, new Map(), of(now), budget)),
  ].filter(({ verdict }) => verdict === 'suspicious');
  return { from: null, to: now.interfaceRevision, verdict: worst(changes.map(({ verdict }) => verdict)), changes };
}

const INSTRUCTIONS = { kind: 'instructions', name: '', verdict: 'suspicious' } as const;

function compareInstructions(before: string, after: string): readonly InterfaceChange[] {
  if (before === after) return [];
  const changed: ChangeReason = { code: 'INSTRUCTIONS_CHANGED', verdict: 'suspicious', where: '' };
  return [{ ...INSTRUCTIONS, change: 'changed', reasons: [changed, ...instructionReasons(after)] }];
}

function instructionReasons(text: string): readonly ChangeReason[] {
  const reasons: ChangeReason[] = [];
  const find = (code: ChangeReason['code']): void => void reasons.push({ code, verdict: 'suspicious', where: '' });
  if (hasHiddenCharacters(text)) find('HIDDEN_CHARACTERS');
  if (isImperative(text)) find('IMPERATIVE_TEXT');
  if (text.length > MAX_CHECKED_LENGTH) find('UNREAD');
  return reasons;
}

function compareEntries(
  kind: FeatureKind,
  before: ReadonlyMap<string, Definition>,
  after: ReadonlyMap<string, Definition>,
  budget: TextBudget,
): readonly InterfaceChange[] {
  const gone = new Map([...before].filter(([name]) => !after.has(name)).map(([name, entry]) => [bodyOf(entry), name]));
  const renamed = new Set<string>();
  const changes: InterfaceChange[] = [];
  for (const [name, now] of after) {
    const old = before.get(name);
    const from = old === undefined ? gone.get(bodyOf(now)) : undefined;
    if (from !== undefined && !renamed.has(from)) {
      renamed.add(from);
      const reasons: ChangeReason[] = [{ code: 'RENAMED', verdict: 'suspicious', where: 'name' }];
      changes.push({ kind, name, change: 'renamed', from, verdict: 'suspicious', reasons });
      continue;
    }
    const reasons = reasonsOf(kind, old, now, budget);
    if (reasons.length === 0) continue;
    const verdict = worst(reasons.map((reason) => reason.verdict));
    changes.push({ kind, name, change: old === undefined ? 'added' : 'changed', verdict, reasons });
  }
  for (const name of before.keys()) {
    if (after.has(name) || renamed.has(name)) continue;
    const reasons: ChangeReason[] = [{ code: 'REMOVED', verdict: 'breaking', where: '' }];
    changes.push({ kind, name, change: 'removed', verdict: 'breaking', reasons });
  }
  return changes.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns a digest of an entry without its names and URIs, to detect renamed entries. */
const bodyOf = (entry: Definition): string =>
  contentDigest({ ...entry, name: undefined, title: undefined, uri: undefined, uriTemplate: undefined });

/** Maximum count of reasons of one entry. Beyond it only the first reason of each code is added. */
const MAX_REASONS = 100;

function reasonsOf(
  kind: FeatureKind,
  old: Definition | undefined,
  now: Definition,
  budget: TextBudget,
): readonly ChangeReason[] {
  if (old !== undefined && canonicalJson(old) === canonicalJson(now)) return [];
  const reasons: ChangeReason[] = [];
  const codes = new Set<string>();
  const find: Find = (code, verdict, where) => {
    if (reasons.length < MAX_REASONS || !codes.has(code)) reasons.push({ code, verdict, where });
    codes.add(code);
  };
  if (old === undefined) find('ADDED', 'compatible', '');
  compareTexts(old ?? {}, now, find, budget);
  if (now[CLEANED] === true && old?.[CLEANED] !== true) find('HIDDEN_CHARACTERS', 'suspicious', '');
  if (kind === 'tool') compareTool(old, now, find);
  if (kind === 'prompt') comparePrompt(old ?? {}, now, { find, isNew: old === undefined });
  if (
    (kind === 'resource' || kind === 'resourceTemplate') &&
    old !== undefined &&
    old['mimeType'] !== now['mimeType']
  ) {
    find('KIND_CHANGED', 'breaking', 'mimeType');
  }
  if (reasons.length === 0) find('OTHER_CHANGED', 'compatible', '');
  return reasons;
}

/** The identifier of an entry is not checked as text. */
const KEYS: ReadonlySet<string> = new Set(['name', 'uri', 'uriTemplate']);

/** Count of characters that one comparison may still check: it runs between two events of the process. */
interface TextBudget {
  left: number;
}
const newBudget = (): TextBudget => ({ left: MAX_CHECKED_LENGTH * 4 });

/** Checks texts that the old definition does not contain, up to MAX_CHECKED_LENGTH characters; UNREAD marks the rest. */
function compareTexts(old: Definition, now: Definition, find: Find, budget: TextBudget): void {
  const known = new Set(textsOf(old).map(({ text }) => text));
  let isWorded = false;
  let read = 0;
  for (const { where, text } of textsOf(now)) {
    if (known.has(text) || KEYS.has(where)) continue;
    read += text.length;
    budget.left -= text.length;
    if (read > MAX_CHECKED_LENGTH || budget.left < 0) {
      find('UNREAD', 'suspicious', where);
      return;
    }
    if (hasHiddenCharacters(text)) find('HIDDEN_CHARACTERS', 'suspicious', where);
    if (isImperative(text)) find('IMPERATIVE_TEXT', 'suspicious', where);
    if (isEncoded(text)) find('ENCODED_TEXT', 'suspicious', where);
    isWorded ||= /(^|\.)(description|title)$/.test(where);
  }
  if (isWorded && Object.keys(old).length > 0) find('TEXT_CHANGED', 'compatible', '');
}

function compareTool(old: Definition | undefined, now: Definition, find: Find): void {
  if (old === undefined) {
    const properties = definitionOf(definitionOf(now['inputSchema'])['properties']);
    for (const name of Object.keys(properties)) {
      if (asksForSecret(name)) find('SECRET_ARGUMENT', 'suspicious', `inputSchema.properties.${pathPart(name)}`);
    }
    return;
  }
  new SchemaComparison('input', find).compare(old['inputSchema'] ?? {}, now['inputSchema'] ?? {}, 'inputSchema');
  const [gave, gives] = [old['outputSchema'], now['outputSchema']];
  if (gave !== undefined && gives === undefined) find('RESULT_CHANGED', 'breaking', 'outputSchema');
  else if (gave === undefined && gives !== undefined) find('RESULT_EXTENDED', 'compatible', 'outputSchema');
  else new SchemaComparison('output', find).compare(gave ?? {}, gives ?? {}, 'outputSchema');
  const [hinted, hints] = [definitionOf(old['annotations']), definitionOf(now['annotations'])];
  for (const [name, usual] of Object.entries(DEFAULT_HINTS)) {
    if ((hinted[name] ?? usual) !== (hints[name] ?? usual))
      find('ANNOTATION_FLIPPED', 'suspicious', `annotations.${name}`);
  }
}

/** Defaults of absent annotations (MCP 2025-11-25, Schema, `ToolAnnotations`). */
const DEFAULT_HINTS = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
} as const;

function comparePrompt(old: Definition, now: Definition, { find, isNew }: { find: Find; isNew: boolean }): void {
  const argumentsOf = (prompt: Definition): ReadonlyMap<string, Definition> =>
    byKey(Array.isArray(prompt['arguments']) ? prompt['arguments'].map(definitionOf) : [], 'name');
  const [took, takes] = [argumentsOf(old), argumentsOf(now)];
  for (const [name, argument] of takes) {
    const where = `arguments.${pathPart(name)}`;
    if (!took.has(name) && asksForSecret(name)) find('SECRET_ARGUMENT', 'suspicious', where);
    if (isNew) continue;
    const isNeeded = argument['required'] === true;
    if (isNeeded && took.get(name)?.['required'] !== true) find('ARGUMENT_REQUIRED', 'breaking', where);
    else if (!took.has(name)) find('ARGUMENT_ADDED', 'compatible', where);
  }
  for (const name of took.keys())
    if (!takes.has(name)) find('ARGUMENT_REMOVED', 'breaking', `arguments.${pathPart(name)}`);
}
