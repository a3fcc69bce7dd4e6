import type { InterfaceDiff } from '../domain/interfaces/interface-change.ts';
import { printable } from '../domain/text/safe-text.ts';
import type { AuditEntry } from './audit/audit-log.ts';

const MOST = 50;

/** What became of an interface, small enough to be kept: whoever wants more asks for the diff. */
export function changedEvent(serviceId: string, diff: InterfaceDiff, held: ReadonlySet<string>): AuditEntry {
  const { from, to, verdict, changes } = diff;
  const shown = changes.slice(0, MOST).map(({ kind, name, change, from: former, verdict: own, reasons }) => ({
    kind,
    name: printable(name),
    change,
    ...(former === undefined ? {} : { from: printable(former) }),
    verdict: own,
    reasons: [...new Set(reasons.map(({ code }) => code))],
  }));
  return {
    kind: 'interface.changed',
    level: verdict === 'compatible' && held.size === 0 ? 'info' : 'warn',
    message: `Interface changed: ${String(changes.length)} changes, ${verdict}`,
    serviceId,
    data: { from, to, verdict, changes: shown, more: changes.length - shown.length, held: held.size },
  };
}
