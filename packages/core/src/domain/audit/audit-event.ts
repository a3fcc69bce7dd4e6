export type AuditLevel = 'info' | 'warn' | 'error';

/** Something that happened, before the store gave it a number. No secret and no argument of a call ever stands here. */
export interface AuditEventDraft {
  /** ISO 8601. */
  readonly at: string;
  /** `<noun>.<past participle>`. */
  readonly kind: string;
  readonly level: AuditLevel;
  readonly message: string;
  readonly serviceId?: string;
  readonly caller?: { readonly kind: string; readonly id: string; readonly door: string };
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface AuditEvent extends AuditEventDraft {
  /** Gap-free and increasing within one store, also over restarts. A gap means that a `storage.*` event tells of a loss. */
  readonly seq: number;
  /** `<instance>/<boot>/<n>`: unique among all stores. */
  readonly id: string;
  /** The operation that the event was appended with, if it had one. */
  readonly op?: string;
}

/** `committed` survives a power cut once it is answered; `recorded` survives the end of the process, and 50 ms later a power cut too. */
export type Durability = 'committed' | 'recorded';

const RECORDED = /(^|[._])(called|denied)$/;

/** Calls and denials are recorded: there are many, and none of them changes anything. Everything else is committed. */
export const durabilityOf = (kind: string): Durability => (RECORDED.test(kind) ? 'recorded' : 'committed');

const REFUSED = /(^|[._])denied$|^auth\.failed$/;
const FAILED = /(^|[._])(failed|crashed|quarantined|unstored|reverted)$/;

/** How it went: what the event itself says, else `denied`, `error` or `ok` by its kind and level. */
export function outcomeOf({ kind, level, data }: AuditEventDraft): string {
  const outcome = data?.['outcome'];
  if (typeof outcome === 'string') return outcome;
  if (REFUSED.test(kind)) return 'denied';
  return level === 'error' || FAILED.test(kind) ? 'error' : 'ok';
}
