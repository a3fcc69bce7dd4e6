import { contentDigest } from './interface-canon.ts';
import { toolContent, type Comparable } from './interface-diff.ts';
import type { InterfaceSnapshot } from './interface-snapshot.ts';
import { RawJson } from './raw-json.ts';

export interface PinnedTool {
  readonly name: string;
  /** SHA-256 of its canonical definition. */
  readonly sha256: string;
  /** What was accepted, as far as there was room for it: to show what is different now. */
  readonly definition?: unknown;
}

/** The interface that an operator has accepted, tool by tool. */
export interface InterfacePin {
  readonly revision: string;
  /** ISO 8601. */
  readonly at: string;
  readonly tools: readonly PinnedTool[];
}

type Snapshot = Pick<InterfaceSnapshot, 'interfaceRevision' | 'tools'>;

/** Characters of definitions that a pin keeps. */
const ROOM = 128 * 1024;

/** Everything that the snapshot offers is accepted. */
export const pinAll = ({ interfaceRevision: revision, tools }: Snapshot, at: string): InterfacePin => ({
  revision,
  at,
  tools: bounded(tools.map((tool) => ({ name: tool.name, sha256: digestOf(tool), definition: tool.raw.value }))),
});

/** The named tools are accepted as they are now, or as gone; the others stay as they were accepted. */
export function pinSome(
  before: InterfacePin,
  snapshot: Snapshot,
  names: ReadonlySet<string>,
  at: string,
): InterfacePin {
  const kept = before.tools.filter(({ name }) => !names.has(name));
  const taken = snapshot.tools.filter(({ name }) => names.has(name));
  const fresh = pinAll({ ...snapshot, tools: taken }, at);
  return { ...fresh, tools: bounded([...kept, ...fresh.tools]) };
}

/** Tools of the snapshot that are not what was accepted: changed, or new. */
export function heldTools({ tools }: InterfacePin, snapshot: Pick<Snapshot, 'tools'>): ReadonlySet<string> {
  const accepted = new Map(tools.map(({ name, sha256 }) => [name, sha256]));
  return new Set(snapshot.tools.filter((tool) => accepted.get(tool.name) !== digestOf(tool)).map(({ name }) => name));
}

/** What was accepted, to be compared with what is there; `now` fills in what is the same and was not kept. */
export function pinned({ revision, tools }: InterfacePin, now: Comparable): Comparable {
  const there = new Map(now.tools.map((tool) => [tool.name, tool]));
  return {
    ...now,
    interfaceRevision: revision,
    tools: tools.map(({ name, sha256, definition }) => {
      const current = there.get(name);
      if (current !== undefined && digestOf(current) === sha256) return current;
      return { name, raw: RawJson.of(definition ?? { name }) };
    }),
  };
}

const digestOf = (tool: InterfaceSnapshot['tools'][number]): string => contentDigest(toolContent(tool));

/** Definitions are left out once there is no room for more; digests never. */
function bounded(tools: readonly PinnedTool[]): readonly PinnedTool[] {
  let room = ROOM;
  return tools.map((tool) => {
    room -= JSON.stringify(tool.definition ?? null).length;
    return room >= 0 ? tool : { name: tool.name, sha256: tool.sha256 };
  });
}
