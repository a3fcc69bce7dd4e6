import type { AuditEvent, AuditEventDraft } from '../domain/audit/audit-event.ts';
import { StoreError } from '../domain/errors/store-error.ts';

/** Maximum length of the JSON of an event, in characters. */
export const MAX_EVENT_BYTES = 64 * 1024;

/** Encodes a batch at once, so that later changes of the objects have no effect. @throws StoreError `invalid`, `too_large` */
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

/** Returns the JSON of an event with its number and its id. */
export const sequencedJson = (draft: string, seq: number, id: string): string =>
  `${draft.slice(0, -1)},"seq":${String(seq)},"id":${JSON.stringify(id)}}`;

/** Returns the event of a journal line. */
export const decodeEvent = (json: string): AuditEvent => JSON.parse(json) as AuditEvent;

function encode(draft: AuditEventDraft, op: string | undefined): string {
  if (typeof draft.kind !== 'string' || draft.kind === '') throw new StoreError('invalid', 'an event needs a kind');
  try {
    // The store sets both members, so those of a draft would be duplicates.
    if ('seq' in draft || 'id' in draft) return JSON.stringify({ ...draft, op, seq: undefined, id: undefined });
    return JSON.stringify(op === undefined && !('op' in draft) ? draft : { ...draft, op });
  } catch (error) {
    throw new StoreError('invalid', 'an event must be JSON', { cause: error });
  }
}
