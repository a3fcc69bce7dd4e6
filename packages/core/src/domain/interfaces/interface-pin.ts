import { contentDigest } from '../json/digest.ts';
import { contentOf, type Comparable } from './interface-diff.ts';
import type { Definition, InterfaceSnapshot } from './interface-snapshot.ts';
import { RawJson } from '../json/raw-json.ts';

/** One entry that was accepted; `name` is what it is known by: the URI of a resource, the pattern of a template. */
export interface PinnedTool {
  readonly name: string;
  /** SHA-256 of its canonical definition. */
  readonly sha256: string;
  /** What was accepted, as far as there was room for it: to show what is different now. */
  readonly definition?: unknown;
}

/** What was accepted besides tools. It is compared, and nothing of it is held back. */
export interface PinnedRest {
  readonly instructions?: string;
  readonly prompts: readonly PinnedTool[];
  readonly resources: readonly PinnedTool[];
  readonly resourceTemplates: readonly PinnedTool[];
}

/** The interface that an operator has accepted, entry by entry. */
export interface InterfacePin {
  readonly revision: string;
  /** ISO 8601. */
  readonly at: string;
  readonly tools: readonly PinnedTool[];
  /** Absent in what was accepted when only tools were remembered, and where there is too much of it. */
  readonly rest?: PinnedRest;
}

/** Characters of definitions that a pin keeps, of its tools and of the rest. */
const ROOM = 128 * 1024;
/** Entries besides tools of which a pin keeps anything, and characters of instructions. */
const MAX_OTHERS = 500;
const MAX_INSTRUCTIONS = 16 * 1024;

/** Everything that the snapshot offers is accepted. */
export function pinSnapshot(snapshot: Comparable, at: string): InterfacePin {
  const { interfaceRevision: revision, tools } = snapshot;
  const rest = restOf(snapshot);
  return { revision, at, tools: kept(tools, 'name'), ...(rest === undefined ? {} : { rest }) };
}

/** The named tools are accepted as they are now, or as gone; all else stays as it was accepted. */
export function pinTools(
  before: InterfacePin,
  snapshot: Comparable,
  names: ReadonlySet<string>,
  at: string,
): InterfacePin {
  const stays = before.tools.filter(({ name }) => !names.has(name));
  const taken = kept(
    snapshot.tools.filter(({ name }) => names.has(name)),
    'name',
  );
  return { ...before, revision: snapshot.interfaceRevision, at, tools: bounded([...stays, ...taken]) };
}

/** Tools of the snapshot that are not what was accepted: changed, or new. */
export function quarantinedTools(
  { tools }: InterfacePin,
  snapshot: Pick<InterfaceSnapshot, 'tools'>,
): ReadonlySet<string> {
  const accepted = new Map(tools.map(({ name, sha256 }) => [name, sha256]));
  return new Set(snapshot.tools.filter((tool) => accepted.get(tool.name) !== digestOf(tool)).map(({ name }) => name));
}

/** What was accepted, to be compared with what is there; `now` fills in what is the same and was not kept. */
export function pinned({ revision, tools, rest }: InterfacePin, now: Comparable): Comparable {
  const accepted = { ...now, interfaceRevision: revision, tools: restored(tools, now.tools, 'name') };
  if (rest === undefined) return accepted;
  return {
    ...accepted,
    instructions: rest.instructions ?? '',
    prompts: restored(rest.prompts, now.prompts, 'name'),
    resources: restored(rest.resources, now.resources, 'uri'),
    resourceTemplates: restored(rest.resourceTemplates, now.resourceTemplates ?? [], 'uriTemplate'),
  };
}

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

const digestOf = (entry: Definition): string => contentDigest(contentOf(entry));

/** Definitions are left out once there is no room for more; digests never. */
function bounded(tools: readonly PinnedTool[]): readonly PinnedTool[] {
  let room = ROOM;
  return tools.map((tool) => {
    room -= JSON.stringify(tool.definition ?? null).length;
    return room >= 0 ? tool : { name: tool.name, sha256: tool.sha256 };
  });
}
