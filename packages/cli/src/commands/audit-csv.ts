import type { AuditReply } from '../api/replies.ts';

export const CSV_HEADING = 'seq,id,at,kind,level,service,caller_kind,caller,door,outcome,duration_ms,message,data';

/** One event as a line of RFC 4180, without its end. What a spreadsheet would take for a formula begins with an apostrophe. */
export function csvLine({ seq, at, kind, level, message, serviceId, caller, data, ...more }: AuditReply): string {
  const { outcome, durationMs, ...rest } = data ?? {};
  const cells = [
    String(seq),
    plain(more['id']),
    at,
    kind,
    level,
    serviceId ?? '',
    caller?.kind ?? '',
    caller?.id ?? '',
    caller?.door ?? '',
    plain(outcome),
    plain(durationMs),
    message,
    Object.keys(rest).length === 0 ? '' : JSON.stringify(rest),
  ];
  return cells.map(cell).join(',');
}

const FORMULA = /^[=+\-@\t\r\n]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

function cell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const plain = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
