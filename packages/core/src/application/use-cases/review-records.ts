import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { InterfaceDiff } from '../../domain/interfaces/interface-change.ts';
import { interfaceDigest, type InterfacePin } from '../../domain/interfaces/interface-pin.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import { contentDigest } from '../../domain/json/digest.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { ExpectedInterface } from '../../ports/inbound/interface-reviews.ts';
import type { AuditEntry } from '../audit/audit-log.ts';

const MAX_COUNT = 50;

/** Returns the audit event of an interface change, with at most 50 changes. The full diff is in the review. */
export function changedEvent(serviceId: string, diff: InterfaceDiff, held: ReadonlySet<string>): AuditEntry {
  const { verdict, changes } = diff;
  return {
    kind: 'interface.changed',
    level: verdict === 'compatible' && held.size === 0 ? 'info' : 'warn',
    message: `Interface changed: ${String(changes.length)} changes, ${verdict}`,
    serviceId,
    data: changeData(diff, held),
  };
}

/** Returns the audit event of a first interface with suspicious entries. */
export const suspiciousEvent = (serviceId: string, diff: InterfaceDiff, held: ReadonlySet<string>): AuditEntry => ({
  kind: 'interface.suspicious',
  level: 'warn',
  message: `First interface: ${String(diff.changes.length)} suspicious entries`,
  serviceId,
  data: changeData(diff, held),
});

function changeData(
  { from, to, verdict, changes }: InterfaceDiff,
  held: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  const shown = changes.slice(0, MAX_COUNT).map(({ kind, name, change, from: former, verdict: own, reasons }) => ({
    kind,
    name: toPrintableAscii(name),
    change,
    ...(former === undefined ? {} : { from: toPrintableAscii(former) }),
    verdict: own,
    reasons: [...new Set(reasons.map(({ code }) => code))],
  }));
  return { from, to, verdict, changes: shown, more: changes.length - shown.length, held: held.size };
}

interface Reviewed {
  readonly snapshot: InterfaceSnapshot;
  readonly held: ReadonlySet<string>;
  readonly pin: InterfacePin | undefined;
  readonly digest?: string | undefined;
}

const digests = new WeakMap<Reviewed, string>();

/** Returns the digest of what an operator decides on: the present interface, the accepted one and the withheld tools. */
export function reviewDigest(serviceId: string, state: Reviewed): string {
  const { snapshot, pin, held, digest = interfaceDigest(snapshot) } = state;
  const known = digests.get(state) ?? contentDigest([serviceId, digest, pin ?? null, [...held].sort()]);
  digests.set(state, known);
  return known;
}

/** @throws ClarityError REVISION_CONFLICT when the operator has seen another state. */
export function assertSeen(serviceId: string, state: Reviewed, { digest, revision }: ExpectedInterface): void {
  const present = [reviewDigest(serviceId, state), state.snapshot.interfaceRevision] as const;
  for (const [field, seen, now] of [
    ['digest', digest, present[0]],
    ['revision', revision, present[1]],
  ] as const) {
    if (seen === undefined || seen === now) continue;
    throw new ClarityError(
      'REVISION_CONFLICT',
      `the interface is ${now}, the decision is about ${toPrintableAscii(seen, 64)}`,
      {
        field,
        hint: 'compare the interface again and repeat the decision with the digest that it shows',
      },
    );
  }
}
