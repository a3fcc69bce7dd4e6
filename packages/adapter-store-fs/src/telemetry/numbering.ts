import { numberedJson } from '@clarity-runtime/core/audit-chain';
import type { Content } from './telemetry-state.ts';

export interface Numbers {
  lastSeq: number;
  lastRecord: number;
}

/** What waits to be written: events without their numbers, or what is done to a log. */
export type Draft = { readonly drafts: readonly string[] } | Exclude<Content, { readonly events: readonly string[] }>;

/** Gives the events of a draft the next numbers; `numbers` moves on. */
export function numbered(draft: Draft, numbers: Numbers, origin: string): Content {
  if (!('drafts' in draft)) return draft;
  return {
    events: draft.drafts.map((json) => {
      numbers.lastSeq += 1;
      return numberedJson(json, numbers.lastSeq, `${origin}/${String(numbers.lastSeq)}`);
    }),
  };
}
