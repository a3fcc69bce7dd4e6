import { get, part, type ApiResult } from './request.ts';

/** Something that happened, as little as is told of it. */
export interface TimelineEvent {
  /** ISO 8601. */
  readonly at: string;
  readonly message: string;
  readonly level?: string;
  readonly serviceId?: string;
  readonly caller?: { readonly kind: string; readonly id: string; readonly door: string };
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface AuditEvent extends TimelineEvent {
  readonly seq: number;
  readonly kind: string;
  readonly level: string;
}

const SHOWN = 25;

/** The newest events, newest first; with `onlyTrouble` warnings and errors alone. */
export async function fetchAudit(onlyTrouble: boolean): Promise<ApiResult<readonly AuditEvent[]>> {
  const level = onlyTrouble ? '&level=warn' : '';
  const answer = await get<{ readonly items: readonly AuditEvent[] }>(`/api/audit?limit=${String(SHOWN)}${level}`);
  return part(answer, ({ items }) => [...items].reverse());
}
