/** One line of the journal. `n` grows by one from record to record; events are JSON that has its number already. */
export type WalRecord =
  | { readonly n: number; readonly events: readonly string[] }
  | { readonly n: number; readonly serviceId: string; readonly lines: readonly string[] }
  | { readonly n: number; readonly dropped: string };

export function encodeRecord(record: WalRecord): string {
  const n = String(record.n);
  // The events are JSON already; writing them once is all that a call's record costs.
  if ('events' in record) return `{"n":${n},"events":[${record.events.join(',')}]}`;
  return JSON.stringify(record);
}

/** `undefined` for JSON that is no record; the line's own checksum was right, so somebody else wrote it. */
export function decodeRecord(json: string): WalRecord | undefined {
  let read: Partial<Record<'n' | 'events' | 'serviceId' | 'lines' | 'dropped', unknown>>;
  try {
    read = JSON.parse(json) as typeof read;
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || (read as unknown) === null) return undefined;
  const { n, events, serviceId, lines, dropped } = read;
  if (typeof n !== 'number' || !Number.isSafeInteger(n)) return undefined;
  if (Array.isArray(events)) return { n, events: events.map((event) => JSON.stringify(event)) };
  if (typeof serviceId === 'string' && isLines(lines)) return { n, serviceId, lines };
  return typeof dropped === 'string' ? { n, dropped } : undefined;
}

const isLines = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((line) => typeof line === 'string');
