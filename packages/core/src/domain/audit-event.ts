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
  /** Gap-free and increasing within one runtime's life. */
  readonly seq: number;
}
