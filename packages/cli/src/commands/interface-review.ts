import type { z } from 'zod';
import type { replies } from '../api/replies.ts';
import type { Output, Tone } from '../terminal/output.ts';

type Review = z.infer<typeof replies.review>;

const verdictTones: Readonly<Record<string, Tone>> = { breaking: 'careful', suspicious: 'bad' };

/** What has changed at a service, the reasons with their places. */
export function printReview(output: Output, { changes, held, verdict, pinned }: Review): void {
  if (changes.length === 0) output.line('nothing has changed');
  else {
    const rows = changes.map(({ kind, name, change, from, verdict: own, reasons }) => [
      own,
      kind,
      from === undefined ? name : `${from} -> ${name}`,
      change,
      reasons.map(({ code, where }) => (where === '' ? code : `${code} (${where})`)).join(', '),
    ]);
    output.table(
      ['VERDICT', 'KIND', 'NAME', 'CHANGE', 'WHY'],
      rows,
      (row) => verdictTones[rows[row]?.[0] ?? ''] ?? 'plain',
    );
    output.line(`on the whole: ${verdict}`, verdictTones[verdict] ?? 'plain');
  }
  if (held.length > 0) output.line(`held back until accepted: ${held.join(', ')}`, 'bad');
  else if (pinned) output.line('the interface is pinned, and nothing is held back', 'good');
}
