import { changeLine } from '../additions/manifest-changes.ts';
import type { Output, Tone } from '../terminal/output.ts';
import type { FileAction, FileStep } from './file-plan.ts';

const SIGNS: Readonly<Record<FileAction, string>> = {
  add: '+',
  change: '~',
  replace: '-/+',
  remove: '-',
  conflict: '!',
  none: '=',
};
const TONES: Partial<Readonly<Record<FileAction, Tone>>> = {
  add: 'good',
  remove: 'bad',
  conflict: 'bad',
  replace: 'careful',
};

/** Returns the steps that change something. */
export const changedSteps = (steps: readonly FileStep[]): readonly FileStep[] =>
  steps.filter(({ action }) => action !== 'none');

/** Prints a plan: one line for each step that changes something, and its changes. */
export function printFilePlan(output: Output, steps: readonly FileStep[]): void {
  const changed = changedSteps(steps);
  for (const { kind, name, action, changes, owner } of changed) {
    const what = kind === 'policy' ? `policy ${name}` : name;
    const reason =
      action === 'conflict'
        ? ` (${owner === undefined ? 'without an owner' : `owner: ${owner}`}; --adopt takes it)`
        : '';
    output.line(`${SIGNS[action]} ${action} ${what}${reason}`, TONES[action] ?? 'plain');
    for (const change of changes) output.line(`    ${changeLine(change)}`);
  }
  output.line(changed.length === 0 ? 'no changes' : summary(changed));
}

function summary(changed: readonly FileStep[]): string {
  const counts = new Map<FileAction, number>();
  for (const { action } of changed) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts]
    .map(([action, count]) => `${String(count)} to ${action}`)
    .join(', ')
    .replace('to conflict', 'in conflict');
}

/** Returns the steps for programs, without values that readers must not see. */
export const filePlanJson = (steps: readonly FileStep[]): readonly object[] =>
  steps.map(({ kind, name, action, changes, owner }) => ({
    kind,
    name,
    action,
    changes,
    ...(owner === undefined ? {} : { owner }),
  }));
