import type { InterfaceDiff } from './interface-change.ts';
import { comparedTools } from './compared-tools.ts';
import { diffInterfaces, judgeInterface, type Comparable } from './interface-diff.ts';
import {
  interfaceDigest,
  NOTHING_HELD,
  pinned,
  pinSnapshot,
  quarantinedContents,
  quarantinedTools,
  withoutChanged,
  type HeldContents,
  type InterfacePin,
} from './interface-pin.ts';
import { packInterface, unpackInterface, type PackedInterface } from './packed-interface.ts';

/** Interfaces to compare. */
export interface JudgeRequest<T = Comparable> {
  readonly now: T;
  /** The previous interface in this process. */
  readonly before?: T;
  /** The accepted interface, if the service is pinned. */
  readonly pin?: InterfacePin;
  /** Time of a new pin, ISO 8601, if the service is pinned and has none. */
  readonly pinAt?: string;
  /** Neither an earlier nor an accepted interface is known. */
  readonly isFirst: boolean;
}

/** A request that can pass to another thread. */
export type JudgeTask = JudgeRequest<PackedInterface>;

/** Result of a comparison. Plain data and sets. */
export interface InterfaceJudgement {
  /** The suspicious entries of a first interface. */
  readonly first?: InterfaceDiff;
  /** Difference to the accepted or to the previous interface. */
  readonly diff?: InterfaceDiff;
  /** The accepted interface, also a new one. */
  readonly pin?: InterfacePin;
  readonly held: ReadonlySet<string>;
  readonly contents: HeldContents;
  /** Digest of everything that a client sees of the interface; absent if it was not judged. */
  readonly digest?: string;
}

/** Compares an interface with the accepted or the previous one. The cost is linear in the size of both. */
export function judge({ now, before, pin: known, pinAt, isFirst }: JudgeRequest): InterfaceJudgement {
  const first = isFirst ? judgeInterface(now) : undefined;
  const made = (at: string): InterfacePin =>
    pinSnapshot(withoutChanged(now, (first ?? judgeInterface(now)).changes), at);
  const pin = known ?? (pinAt === undefined ? undefined : made(pinAt));
  const base = pin === undefined ? before : pinned(pin, now);
  const diff = base === undefined ? first : diffInterfaces(base, now);
  return {
    ...(first === undefined ? {} : { first }),
    ...(diff === undefined ? {} : { diff }),
    ...(pin === undefined ? { held: new Set<string>(), contents: NOTHING_HELD } : heldBy(pin, now)),
    digest: interfaceDigest(now),
  };
}

const heldBy = (pin: InterfacePin, now: Comparable) => ({
  pin,
  held: quarantinedTools(pin, now),
  contents: quarantinedContents(pin, now),
});

/** Returns a request as plain data. */
export const packRequest = ({ now, before, ...rest }: JudgeRequest): JudgeTask => ({
  ...rest,
  now: packInterface(now),
  ...(before === undefined ? {} : { before: packInterface(before) }),
});

/** Compares the interfaces of a packed request. */
export const judgePacked = ({ now, before, ...rest }: JudgeTask): InterfaceJudgement =>
  judge({ ...rest, now: unpackInterface(now), ...(before === undefined ? {} : { before: unpackInterface(before) }) });

/**
 * Returns the judgement of an interface that was not compared in time. It is suspicious, and a pinned service offers nothing of it
 * until an operator accepts it.
 */
export function notJudged({ now, before, pin: known, pinAt, isFirst }: JudgeRequest): InterfaceJudgement {
  const diff: InterfaceDiff = {
    from: known?.revision ?? before?.interfaceRevision ?? null,
    to: now.interfaceRevision,
    verdict: 'suspicious',
    changes: [
      {
        kind: 'tool',
        name: '*',
        change: isFirst ? 'added' : 'changed',
        verdict: 'suspicious',
        reasons: [{ code: 'UNREAD', verdict: 'suspicious', where: '' }],
      },
    ],
  };
  const { interfaceRevision } = now;
  const nothing: Comparable = { interfaceRevision, tools: [], prompts: [], resources: [], resourceTemplates: [] };
  const pin = known ?? (pinAt === undefined ? undefined : pinSnapshot(nothing, pinAt));
  return {
    ...(isFirst ? { first: diff } : {}),
    diff,
    ...(pin === undefined ? { held: new Set<string>(), contents: NOTHING_HELD } : { pin, ...allOf(now) }),
  };
}

/** Returns everything of an interface as withheld. */
export const allOf = ({ instructions = '', ...lists }: Comparable) => ({
  held: new Set(comparedTools(lists.tools).map(({ name }) => name)),
  contents: {
    prompts: new Set(lists.prompts.map(({ name }) => name)),
    resources: new Set(lists.resources.map(({ uri }) => uri)),
    resourceTemplates: new Set((lists.resourceTemplates ?? []).map(({ uriTemplate }) => uriTemplate)),
    ...(instructions === '' ? {} : { instructions: '' }),
  },
});
