import { toPrintableAscii, type ImportPlanRow } from '@clarity-runtime/core/internal';
import type { Output } from '../terminal/output.ts';
import type { ReadPlan } from '../client-imports/read-plan.ts';

/** Returns the word of a row in the table. */
export function actionOf({ state, isEnabled, needs }: ImportPlanRow): string {
  if (state === 'new') return needs.length > 0 ? 'ASK' : isEnabled ? 'ADD' : 'OFF';
  return { same: 'SAME', conflict: 'CONFLICT', unsupported: 'NO' }[state];
}

const clientsOf = ({ places }: ImportPlanRow): readonly string[] => [...new Set(places.map(({ client }) => client))];

function detailOf(row: ImportPlanRow): string {
  const { reason, secrets, needs, needsLogin } = row;
  return [
    reason,
    secrets.length === 0 ? undefined : `${count(secrets.length, 'secret')}: ${secrets.join(', ')}`,
    needs.length === 0 ? undefined : `needs: ${needs.map(({ name, description = name }) => description).join(', ')}`,
    needsLogin ? 'login' : undefined,
  ]
    .filter((text) => text !== undefined)
    .join('; ');
}

/** Returns a number with its noun. */
export const count = (number: number, noun: string): string => `${String(number)} ${noun}${number === 1 ? '' : 's'}`;

const tones = { ADD: 'good', NO: 'bad', CONFLICT: 'bad', ASK: 'careful' } as const;

/** Prints the plan as a table, without any value of a secret. */
export function printPlan(output: Output, { rows, files, otherCount }: ReadPlan): void {
  const broken = files.filter(({ problem }) => problem !== undefined);
  const clients = new Set(rows.flatMap(clientsOf));
  const unread = broken.length === 0 ? '' : `, ${count(broken.length, 'file')} not readable`;
  output.line(`${count(rows.length, 'server')} in ${count(clients.size, 'client')}${unread}`);
  if (rows.length > 0) {
    output.table(
      ['NAME', 'ACTION', 'FROM', 'STARTS', 'NOTE'],
      rows.map((row) => [
        row.name,
        actionOf(row),
        clientsOf(row).join(', '),
        toPrintableAscii(row.shown, 120),
        detailOf(row),
      ]),
      (at) => {
        const row = rows[at];
        return (row && tones[actionOf(row) as keyof typeof tones]) ?? 'plain';
      },
    );
  }
  for (const { name, notes } of rows) for (const note of notes) output.line(`${name}: ${note}`);
  for (const { path, problem = '' } of broken) output.note(`${path}: ${problem}`);
  if (otherCount > 0) output.note(`${count(otherCount, 'server')} of project files not listed: use --scope all`);
}
