import type { AuditEvent, AuditEventDraft } from '../domain/audit/audit-event.ts';
import { StoreError } from '../domain/errors/store-error.ts';

/** An event's JSON may have at most this many characters. */
export const MAX_EVENT_BYTES = 64 * 1024;

/** The batch as JSON, taken at once, so that nobody can change it while it waits. Throws `invalid` and `too_large`. */
export function encodeDrafts(drafts: readonly AuditEventDraft[], op: string | undefined): readonly string[] {
  return drafts.map((draft) => {
    const json = encode(draft, op);
    if (json.length > MAX_EVENT_BYTES) {
      throw new StoreError(
        'too_large',
        `an event of ${String(json.length)} characters; ${String(MAX_EVENT_BYTES)} are kept`,
      );
    }
    return json;
  });
}

/** The event's JSON once the store has given it its number. */
export const sequencedJson = (draft: string, seq: number, id: string): string =>
  `${draft.slice(0, -1)},"seq":${String(seq)},"id":${JSON.stringify(id)}}`;

export const decodeEvent = (json: string): AuditEvent => JSON.parse(json) as AuditEvent;

function encode(draft: AuditEventDraft, op: string | undefined): string {
  if (typeof draft.kind !== 'string' || draft.kind === '') throw new StoreError('invalid', 'an event needs a kind');
  try {
    // The store gives these two; a draft's own would stand in the JSON twice.
    if ('seq' in draft || 'id' in draft) return JSON.stringify({ ...draft, op, seq: undefined, id: undefined });
    return JSON.stringify({ ...draft, op });
  } catch (error) {
    throw new StoreError('invalid', 'an event must be JSON', { cause: error });
  }
}
