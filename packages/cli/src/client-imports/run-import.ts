import type { OpenImport } from '@clarity-runtime/adapter-store-fs';
import type { Manifest } from '@clarity-runtime/core';
import { deriveServiceId, importedManifest, type ImportPlanRow } from '@clarity-runtime/core/internal';
import { messageOf } from '../support/error-text.ts';
import type { ImportTarget, TargetService } from './import-target.ts';
import { missingValues } from './missing-values.ts';

/** Outcome of one row. */
export interface ImportOutcome {
  readonly name: string;
  readonly ok: boolean;
  readonly serviceId?: string;
  /** Lifecycle after the start, or `disabled`. */
  readonly state?: string;
  readonly error?: string;
  /** The remedy of the error, or the commands for the values that a disabled service lacks. */
  readonly hint?: string | undefined;
  /** Values that a disabled service lacks. */
  readonly needs?: readonly string[];
  readonly row: ImportPlanRow;
}

/** Values of missing variables by row and name. */
export type ImportAnswers = ReadonlyMap<ImportPlanRow, ReadonlyMap<string, string>>;

interface ImportSteps {
  readonly journal: OpenImport;
  readonly answers: ImportAnswers;
  readonly start: boolean;
  /** Called with each outcome when it is known. */
  readonly tell: (outcome: ImportOutcome) => void;
  /** Called with warnings about values. */
  readonly warn: (text: string) => void;
}

const START_COUNT = 4;

/**
 * Stores the secrets of each new row, registers its service and starts it, at most 4 at once. A row that fails does not stop
 * the others. Each step is in the journal before it is made.
 */
export async function runImport(
  target: ImportTarget,
  rows: readonly ImportPlanRow[],
  options: ImportSteps,
): Promise<readonly ImportOutcome[]> {
  const registered: (ImportOutcome | (() => Promise<ImportOutcome>))[] = [];
  for (const row of rows) registered.push(await register(target, row, options));
  const outcomes: ImportOutcome[] = [];
  const waiting = [...registered];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const outcome = typeof next === 'function' ? await next() : next;
      options.tell(outcome);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: START_COUNT }, work));
  return outcomes;
}

/** Registers a service. It is in the journal before it exists, so that an undo finds it after a crash in between. */
async function registerService(target: ImportTarget, manifest: Manifest, journal: OpenImport): Promise<TargetService> {
  const expected = deriveServiceId(manifest);
  await journal.addService({ serviceId: expected, namespace: manifest.metadata.module, digest: '' });
  try {
    const { serviceId, namespace, digest } = await target.register(manifest);
    await journal.settleService(expected, { serviceId, namespace, digest });
    return { serviceId, namespace, digest };
  } catch (error) {
    await journal.settleService(expected, undefined);
    throw error;
  }
}

/** Registers a row. Returns its outcome, or the function that starts it. */
async function register(
  target: ImportTarget,
  row: ImportPlanRow,
  { journal, answers, start, warn }: ImportSteps,
): Promise<ImportOutcome | (() => Promise<ImportOutcome>)> {
  const { name, planned, isEnabled } = row;
  const failed = (error: unknown): ImportOutcome => ({ name, ok: false, error: messageOf(error), row });
  if (planned === undefined) return failed('the server cannot be imported');
  const cwd = planned.server.scope === 'user' ? planned.cwd : (planned.cwd ?? planned.server.folder);
  const { manifest, secrets, hosts } = importedManifest(planned, name, {
    answers: answers.get(row) ?? new Map<string, string>(),
    isEnabled,
    cwd,
  });
  try {
    for (const { reference, value } of secrets) {
      await journal.addSecret(reference);
      const places = hosts.length > 0 ? { hosts } : { services: [name] };
      for (const warning of await target.setSecret(reference, value, places)) warn(`${name}: ${warning}`);
    }
    const { serviceId, namespace } = await registerService(target, manifest, journal);
    if (!start || !manifest.spec.enabled) {
      const missing = missingValues(row, namespace, answers.get(row) ?? new Map<string, string>());
      const left = missing === undefined ? {} : { needs: missing.needs, hint: missing.fix };
      const state = manifest.spec.enabled ? 'registered' : 'disabled';
      return { name: namespace, ok: true, serviceId, state, ...left, row };
    }
    return async () => {
      try {
        const { lifecycle, error, hint } = await target.start(serviceId);
        const failure = error === undefined ? {} : { error, hint };
        return { name: namespace, ok: error === undefined, serviceId, state: lifecycle, ...failure, row };
      } catch (error) {
        return { ...failed(error), serviceId };
      }
    };
  } catch (error) {
    return failed(error);
  }
}
