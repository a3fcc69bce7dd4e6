import { dirname, join, sep } from 'node:path';
import { assertOwn, makeOwnFolder, STATE_FOLDER } from '@clarity-runtime/adapter-store-fs';
import { writeBuilt } from '@clarity-runtime/adapter-toolchain';
import { startProblem } from '../api/service-problem.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { CliError, toCliError } from '../support/cli-error.ts';
import type { FileStep } from './file-plan.ts';
import { changedSteps } from './show-file-plan.ts';

/** Outcome of one step. */
export interface StepOutcome {
  readonly kind: FileStep['kind'];
  readonly name: string;
  readonly action: FileStep['action'];
  readonly ok: boolean;
  /** Lifecycle of a service after the step. */
  readonly state?: string;
  readonly error?: string;
  /** The remedy of the error. */
  readonly hint?: string | undefined;
}

const START_COUNT = 4;

/**
 * Applies the steps: policies, then services (4 at once), then removals. A step that fails does not stop the others, and applying
 * the file again continues. A record that changed since the plan is a conflict of its step.
 */
export async function applySteps(
  session: CommandContext,
  steps: readonly FileStep[],
  { start, tell }: { readonly start: boolean; readonly tell: (outcome: StepOutcome) => void },
): Promise<readonly StepOutcome[]> {
  const changed = changedSteps(steps);
  const outcomes: StepOutcome[] = [];
  const run = async (step: FileStep): Promise<void> => {
    const { kind, name, action } = step;
    let outcome: StepOutcome;
    try {
      const state = await applyStep(session, step, start);
      outcome = { kind, name, action, ok: true, ...(state === undefined ? {} : { state }) };
    } catch (error) {
      const { message, hint } = toCliError(error);
      outcome = { kind, name, action, ok: false, error: message, hint };
    }
    outcomes.push(outcome);
    tell(outcome);
  };
  for (const step of changed.filter(({ kind }) => kind === 'policy')) await run(step);
  const waiting = changed.filter(({ kind, action }) => kind === 'service' && action !== 'remove');
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await run(step);
  };
  await Promise.all(Array.from({ length: START_COUNT }, work));
  for (const step of changed.filter(({ action }) => action === 'remove')) await run(step);
  return outcomes;
}

async function applyStep(
  { api, cwd }: CommandContext,
  { action, manifest, policy, stored, built, owner }: FileStep,
  start: boolean,
): Promise<string | undefined> {
  if (action === 'conflict') {
    throw new CliError(`it belongs to ${owner ?? 'no owner'}: nothing was changed; --adopt takes it`);
  }
  if (policy !== undefined) {
    await api.applyPolicy(policy);
    return undefined;
  }
  if (action === 'remove') {
    if (stored !== undefined) await api.remove(stored.serviceId, false);
    return 'removed';
  }
  if (built !== undefined) {
    const folder = dirname(built.path);
    if (built.path.startsWith(join(cwd, STATE_FOLDER, sep))) {
      await makeOwnFolder(cwd, folder);
      await assertOwn(cwd, built.path);
    }
    await writeBuilt(built.path, built.compiled);
  }
  const { service } = await api.apply(
    manifest,
    stored?.digest ?? null,
    action === 'replace' ? stored?.serviceId : undefined,
  );
  const { enabled, autostart } = service.manifest.spec;
  if (!start || !enabled || !autostart || service.runtime.lifecycle === 'RUNNING') return service.runtime.lifecycle;
  const { service: started } = await api.start(service.serviceId);
  const problem = startProblem(started);
  if (problem !== undefined) throw problem;
  return started.runtime.lifecycle;
}
