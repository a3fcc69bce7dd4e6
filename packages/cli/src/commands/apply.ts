import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf } from '../error-text.ts';
import { Exit, Problem, usageProblem } from '../problem.ts';
import type { Session } from '../session.ts';
import type { Command } from './command.ts';
import { noStartFlag } from './register.ts';

const MAX_DOCUMENTS = 10_000;

type Outcome =
  | {
      readonly ok: true;
      readonly from: string;
      readonly serviceId: string;
      readonly namespace: string;
      readonly lifecycle: string;
    }
  | { readonly ok: false; readonly from: string; readonly error: string };

/** Goes on after a failure, tells all of them, and exits 1 when there was one. */
export const apply: Command = {
  syntax: 'apply',
  describe: 'register what files of manifests say, and start what is to start by itself',
  flags: {
    file: {
      type: 'texts',
      alias: 'f',
      describe: 'JSON: a manifest, a list of them, or what `export` wrote (may be given again)',
    },
    ...noStartFlag,
  },
  run: async (given, session) => {
    const { output } = session;
    const paths = given.all('file');
    if (paths.length === 0) throw usageProblem('--file is missing', 'name a file of manifests: apply -f <file>');
    const documents = (await Promise.all(paths.map((path) => documentsOf(session.cwd, path)))).flat();
    const outcomes: Outcome[] = [];
    for (const { from, manifest } of documents) {
      const outcome = await applyOne(session, from, { manifest, start: !given.has('no-start') });
      if (outcome.ok && !output.json)
        output.line(`${outcome.namespace} (${outcome.serviceId}) is ${outcome.lifecycle}`, 'good');
      if (!outcome.ok) output.note(`${outcome.from}: ${outcome.error}`);
      outcomes.push(outcome);
    }
    const applied = outcomes.filter(({ ok }) => ok).length;
    const ok = applied === outcomes.length;
    if (output.json) output.value({ ok, applied, services: outcomes });
    else output.line(`${String(applied)} of ${String(outcomes.length)} manifests applied`);
    return ok ? Exit.done : Exit.failed;
  },
};

interface Wish {
  readonly manifest: unknown;
  readonly start: boolean;
}

async function applyOne({ api }: Session, from: string, { manifest, start }: Wish): Promise<Outcome> {
  try {
    const { service } = await api.apply(manifest);
    const { serviceId, namespace, runtime } = service;
    const { enabled, autostart } = service.manifest.spec;
    if (!start || !enabled || !autostart) return { ok: true, from, serviceId, namespace, lifecycle: runtime.lifecycle };
    const { service: started } = await api.start(serviceId);
    const { lifecycle, lastError = 'it did not start' } = started.runtime;
    if (lifecycle !== 'RUNNING') return { ok: false, from, error: `${namespace} is registered, but ${lastError}` };
    return { ok: true, from, serviceId, namespace, lifecycle };
  } catch (error) {
    return { ok: false, from, error: messageOf(error) };
  }
}

interface Document {
  /** Where it stands, for the person. */
  readonly from: string;
  readonly manifest: unknown;
}

/** What is wrong inside of a manifest is the daemon's to say: it names the field. */
async function documentsOf(cwd: string, named: string): Promise<readonly Document[]> {
  const refuse = (reason: string, cause?: unknown): Problem =>
    new Problem(`${named} cannot be applied: ${reason}`, { hint: 'see schemas/mcp-service-v1.schema.json', cause });
  const value = await readFile(resolve(cwd, named), 'utf8').then(
    (text) => {
      try {
        return JSON.parse(text) as unknown;
      } catch (error) {
        throw refuse(`it is not JSON: ${messageOf(error)}`, error);
      }
    },
    (error: unknown) => {
      throw refuse(messageOf(error), error);
    },
  );
  const items = itemsOf(value);
  if (items === undefined) return [{ from: named, manifest: value }];
  if (items.length === 0) throw refuse('it holds no manifest');
  if (items.length > MAX_DOCUMENTS) throw refuse(`it holds more than ${String(MAX_DOCUMENTS)} manifests`);
  return items.map((manifest, at) => ({ from: `${named}[${String(at)}]`, manifest }));
}

function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as readonly unknown[];
  const isBundle = typeof value === 'object' && value !== null && 'items' in value && !('kind' in value);
  return isBundle && Array.isArray(value.items) ? value.items : undefined;
}
