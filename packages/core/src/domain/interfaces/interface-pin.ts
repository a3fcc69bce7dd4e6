import { contentDigest } from '../json/digest.ts';
import type { FeatureKind, InterfaceChange } from './interface-change.ts';
import { comparedTools, pageEntryName } from './compared-tools.ts';
import { comparedDefinition, type Comparable } from './interface-diff.ts';
import type { Definition, InterfaceSnapshot } from './interface-snapshot.ts';
import { RawJson } from '../json/raw-json.ts';

/** One accepted entry. `name` is its identifier: the name, the URI of a resource or the URI template of a template. */
export interface PinnedTool {
  readonly name: string;
  /** SHA-256 of the canonical definition, in lower-case hex. */
  readonly sha256: string;
  /** The accepted definition, to show differences; absent above the limit of the pin. */
  readonly definition?: unknown;
}

/** Accepted entries that are not tools. */
export interface PinnedRest {
  readonly instructions?: string;
  readonly prompts: readonly PinnedTool[];
  readonly resources: readonly PinnedTool[];
  readonly resourceTemplates: readonly PinnedTool[];
}

/** The interface that an operator has accepted, entry by entry. */
export interface InterfacePin {
  /** Interface revision of the snapshot. */
  readonly revision: string;
  /** ISO 8601. */
  readonly at: string;
  readonly tools: readonly PinnedTool[];
  /** Absent in pins of older versions, which have tools only, and above the limits of a pin. */
  readonly rest?: PinnedRest;
}

/** Maximum count of characters of the definitions of each list in a pin. */
const ROOM = 128 * 1024;
/** Maximum count of entries besides tools, and of characters of instructions. Above one of them the pin has tools only. */
const MAX_OTHERS = 2_000;
const MAX_INSTRUCTIONS = 16 * 1024;

/** Returns a pin that accepts every entry of the snapshot. `at` is ISO 8601. */
export function pinSnapshot(snapshot: Comparable, at: string): InterfacePin {
  const { interfaceRevision: revision, tools } = snapshot;
  const rest = restOf(snapshot);
  return { revision, at, tools: kept(comparedTools(tools), 'name'), ...(rest === undefined ? {} : { rest }) };
}

/** Returns a pin that accepts the present state of the named tools, also their removal. All other entries keep their pin. */
export function pinTools(
  before: InterfacePin,
  snapshot: Comparable,
  names: ReadonlySet<string>,
  at: string,
): InterfacePin {
  const stays = before.tools.filter(({ name }) => !names.has(name));
  const taken = kept(
    comparedTools(snapshot.tools).filter(({ name }) => names.has(name)),
    'name',
  );
  return { ...before, revision: snapshot.interfaceRevision, at, tools: bounded([...stays, ...taken]) };
}

/** Returns the names of tools that differ from the pin: changed or new ones. */
export function quarantinedTools(
  { tools }: InterfacePin,
  snapshot: Pick<InterfaceSnapshot, 'tools'>,
): ReadonlySet<string> {
  return differing(tools, comparedTools(snapshot.tools), 'name');
}

/** Entries besides tools that are withheld from clients. */
export interface HeldContents {
  readonly prompts: ReadonlySet<string>;
  /** URIs. */
  readonly resources: ReadonlySet<string>;
  /** URI templates. */
  readonly resourceTemplates: ReadonlySet<string>;
  /** The accepted instructions, if the present ones differ. */
  readonly instructions?: string;
}

const NO_NAMES: ReadonlySet<string> = new Set();
export const NOTHING_HELD: HeldContents = { prompts: NO_NAMES, resources: NO_NAMES, resourceTemplates: NO_NAMES };

/** Returns the other entries that differ from the pin: changed or new ones. Nothing if the pin has tools only. */
export function quarantinedContents({ rest }: InterfacePin, snapshot: Comparable): HeldContents {
  if (rest === undefined) return NOTHING_HELD;
  const { instructions = '' } = rest;
  return {
    prompts: differing(rest.prompts, snapshot.prompts, 'name'),
    resources: differing(rest.resources, snapshot.resources, 'uri'),
    resourceTemplates: differing(rest.resourceTemplates, snapshot.resourceTemplates ?? [], 'uriTemplate'),
    ...((snapshot.instructions ?? '') === instructions ? {} : { instructions }),
  };
}

/**
 * Returns the accepted interface for a comparison. Definitions that the pin omits come from `now` if the digests are equal.
 */
export function pinned({ revision, tools, rest }: InterfacePin, now: Comparable): Comparable {
  const accepted = { ...now, interfaceRevision: revision, tools: restored(tools, comparedTools(now.tools), 'name') };
  if (rest === undefined) return accepted;
  return {
    ...accepted,
    instructions: rest.instructions ?? '',
    prompts: restored(rest.prompts, now.prompts, 'name'),
    resources: restored(rest.resources, now.resources, 'uri'),
    resourceTemplates: restored(rest.resourceTemplates, now.resourceTemplates ?? [], 'uriTemplate'),
  };
}

/** Returns the interface without the entries of these changes. */
export function withoutChanged(now: Comparable, changes: readonly InterfaceChange[]): Comparable {
  const changed = new Set(changes.map(({ kind, name }) => `${kind} ${name}`));
  const isKept = (kind: FeatureKind, name: string): boolean => !changed.has(`${kind} ${name}`);
  const { instructions, ...rest } = now;
  return {
    ...rest,
    ...(instructions === undefined || !isKept('instructions', '') ? {} : { instructions }),
    tools: now.tools
      .filter(({ name }) => isKept('tool', name))
      .map(({ forPages, ...tool }) =>
        forPages === undefined || !isKept('tool', pageEntryName(tool.name)) ? tool : { ...tool, forPages },
      ),
    prompts: now.prompts.filter(({ name }) => isKept('prompt', name)),
    resources: now.resources.filter(({ uri }) => isKept('resource', uri)),
    resourceTemplates: (now.resourceTemplates ?? []).filter(({ uriTemplate }) =>
      isKept('resourceTemplate', uriTemplate),
    ),
  };
}

/** Returns the SHA-256 of everything that a client sees of an interface, in lower-case hex. */
export const interfaceDigest = ({ instructions = '', tools, prompts, resources, resourceTemplates = [] }: Comparable) =>
  contentDigest([
    instructions,
    ...[comparedTools(tools), prompts, resources, resourceTemplates].map((list) => list.map(digestOf)),
  ]);

function restOf({ instructions = '', prompts, resources, resourceTemplates = [] }: Comparable): PinnedRest | undefined {
  const count = prompts.length + resources.length + resourceTemplates.length;
  if (count > MAX_OTHERS || instructions.length > MAX_INSTRUCTIONS) return undefined;
  return {
    ...(instructions === '' ? {} : { instructions }),
    prompts: kept(prompts, 'name'),
    resources: kept(resources, 'uri'),
    resourceTemplates: kept(resourceTemplates, 'uriTemplate'),
  };
}

type Key = 'name' | 'uri' | 'uriTemplate';
type Keyed<K extends Key> = Definition & Readonly<Record<K, string>>;

const kept = <K extends Key>(entries: readonly Keyed<K>[], key: K): readonly PinnedTool[] =>
  bounded(entries.map((entry) => ({ name: entry[key], sha256: digestOf(entry), definition: entry.raw.value })));

function restored<K extends Key>(
  accepted: readonly PinnedTool[],
  now: readonly Keyed<K>[],
  key: K,
): readonly Keyed<K>[] {
  const there = new Map(now.map((entry) => [entry[key] as string, entry]));
  return accepted.map(({ name, sha256, definition }) => {
    const current = there.get(name);
    if (current !== undefined && digestOf(current) === sha256) return current;
    return { [key]: name, raw: RawJson.of(definition ?? { [key]: name }) } as unknown as Keyed<K>;
  });
}

function differing<K extends Key>(
  pinnedEntries: readonly PinnedTool[],
  now: readonly Keyed<K>[],
  key: K,
): ReadonlySet<string> {
  const accepted = new Map(pinnedEntries.map(({ name, sha256 }) => [name, sha256]));
  return new Set(
    now.filter((entry) => accepted.get(entry[key]) !== digestOf(entry)).map((entry): string => entry[key]),
  );
}

const digestOf = (entry: Definition): string => contentDigest(comparedDefinition(entry));

/** Omits definitions above the limit of characters. Digests are never omitted. */
function bounded(tools: readonly PinnedTool[]): readonly PinnedTool[] {
  let room = ROOM;
  return tools.map((tool) => {
    room -= JSON.stringify(tool.definition ?? null).length;
    return room >= 0 ? tool : { name: tool.name, sha256: tool.sha256 };
  });
}
