import { startProblem } from '../api/service-problem.ts';
import type { Manifest } from '@clarity-runtime/core';
import type { ProfileBody } from '../api/api-client.ts';
import { failureText, messageOf } from '../support/error-text.ts';
import { ExitCode, usageError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { isolationFlags, isolationOf, type Isolation } from '../command-support/isolation-flags.ts';
import { fileFlags } from './plan.ts';
import { documentsOf, isClarityPath, type Document } from '../command-support/manifest-files.ts';
import { noStartFlag } from '../command-support/register.ts';
import { printWarnings } from '../command-support/render.ts';

type Outcome<Done> =
  | ({ readonly ok: true; readonly from: string } & Done)
  | { readonly ok: false; readonly from: string; readonly error: string; readonly hint?: string | undefined };

interface Service {
  readonly serviceId: string;
  readonly namespace: string;
  readonly lifecycle: string;
}

/**
 * Applies policies first, because manifests refer to them, and profiles last. Continues after a failure, prints all failures, and exits
 * with 1 when there was one.
 */
export const apply: Command = {
  syntax: 'apply',
  describe: 'apply the services, policies and profiles of files, and start services with autostart',
  flags: {
    file: {
      type: 'texts',
      alias: 'f',
      describe: 'clarity.yaml, - for standard input, or JSON: a manifest, a policy or a list of them (repeatable)',
    },
    ...fileFlags,
    watch: { type: 'switch', describe: 'apply the clarity.yaml again after each change of it' },
    yes: { type: 'switch', alias: 'y', describe: 'do not ask (clarity.yaml)' },
    ...isolationFlags,
    digest: {
      type: 'text',
      describe: 'digest of the record that the manifest replaces, or `none`; another record is refused',
    },
    ...noStartFlag,
  },
  run: async (given, session) => {
    const { output } = session;
    const isolation = isolationOf(given);
    const paths = given.all('file');
    if (paths.length === 0) throw usageError('--file is missing', 'pass a file with manifests: apply -f <file>');
    const declared = paths.find(isClarityPath);
    if (declared !== undefined) {
      if (paths.length > 1) throw usageError('--file names a clarity.yaml and other files', 'apply them one by one');
      const { applyDeclared } = await import('./apply-declared.ts');
      return applyDeclared(given, session, declared);
    }
    const stray = ['prune', 'adopt', 'watch', 'yes'].find((name) => given.has(name));
    if (stray !== undefined) throw usageError(`--${stray} is for a clarity.yaml`);
    const digest = expectedDigest(given.text('digest'));
    const documents = (await Promise.all(paths.map((path) => documentsOf(session.cwd, path)))).flat();
    if (digest !== undefined && documents.filter(isService).length !== 1) {
      throw usageError('--digest needs a single manifest', 'apply the manifests one by one');
    }
    const tell = <Done>(outcome: Outcome<Done>, line: (done: Done) => string): Outcome<Done> => {
      if (!outcome.ok) output.note(failureText(outcome.from, outcome.error, outcome.hint));
      else if (!output.json) output.line(line(outcome), 'good');
      return outcome;
    };
    const policies: Outcome<{ readonly policy: string }>[] = [];
    for (const document of documents.filter(isPolicy)) {
      policies.push(tell(await applyPolicy(session, document), ({ policy }) => `policy '${policy}' applied`));
    }
    const services: Outcome<Service>[] = [];
    const start = !given.has('no-start');
    for (const document of documents.filter(isService)) {
      const outcome = await applyOne(session, isolated(document, isolation), { start, digest });
      services.push(
        tell(outcome, ({ namespace, serviceId, lifecycle }) => `${namespace} (${serviceId}) is ${lifecycle}`),
      );
    }
    // Profiles come last: their names are checked against the interfaces of the services.
    const profiles: Outcome<{ readonly profile: string }>[] = [];
    for (const document of documents.filter(isProfile)) {
      profiles.push(tell(await applyProfile(session, document), ({ profile }) => `profile '${profile}' applied`));
    }
    const outcomes = [...policies, ...services, ...profiles];
    const applied = outcomes.filter(({ ok }) => ok).length;
    const ok = applied === outcomes.length;
    if (output.json)
      output.value({
        ok,
        applied,
        services,
        ...(policies.length === 0 ? {} : { policies }),
        ...(profiles.length === 0 ? {} : { profiles }),
      });
    else output.line(`${String(applied)} of ${String(outcomes.length)} documents applied`);
    return ok ? ExitCode.done : ExitCode.failed;
  },
};

/** Sets limits and sandbox of the flags in a manifest of a child process. A member of the manifest is replaced. */
function isolated(document: Document, { limits, sandbox }: Isolation): Document {
  const { spec } = Object(document.value) as { readonly spec?: Partial<Manifest['spec']> };
  if (spec?.origin?.type !== 'local_process') return document;
  const changed = {
    ...spec,
    ...(limits === undefined ? {} : { limits: { ...spec.limits, ...limits } }),
    ...(sandbox === undefined ? {} : { sandbox }),
  };
  return { ...document, value: { ...(document.value as object), spec: changed } };
}

const isKind =
  (kind: string) =>
  ({ value }: Document): boolean =>
    (Object(value) as { readonly kind?: unknown }).kind === kind;
const isPolicy = isKind('Policy');
const isProfile = isKind('Profile');
const isService = (document: Document): boolean => !isPolicy(document) && !isProfile(document);

async function applyPolicy(
  { api }: CommandContext,
  { from, value }: Document,
): Promise<Outcome<{ readonly policy: string }>> {
  try {
    const { policy } = await api.applyPolicy(value);
    return { ok: true, from, policy: policy.metadata.name };
  } catch (error) {
    return { ok: false, from, error: messageOf(error) };
  }
}

async function applyProfile(
  { api }: CommandContext,
  { from, value }: Document,
): Promise<Outcome<{ readonly profile: string }>> {
  try {
    // The daemon checks the document.
    const { profile } = await api.applyProfile(value as ProfileBody);
    return { ok: true, from, profile: profile.metadata.name };
  } catch (error) {
    return { ok: false, from, error: messageOf(error) };
  }
}

/** Returns the expected digest; null for `none`. */
function expectedDigest(text: string | undefined): string | null | undefined {
  if (text === undefined || /^[0-9a-f]{64}$/.test(text)) return text;
  if (text === 'none') return null;
  throw usageError('--digest is not a digest', 'use service.digest of `clarityctl details <service> --json`, or none');
}

async function applyOne(
  { api, output }: CommandContext,
  { from, value }: Document,
  { start, digest }: { readonly start: boolean; readonly digest: string | null | undefined },
): Promise<Outcome<Service>> {
  try {
    const { service } = await api.apply(value, digest);
    const { serviceId, namespace, runtime } = service;
    const { enabled, autostart } = service.manifest.spec;
    if (!start || !enabled || !autostart) return { ok: true, from, serviceId, namespace, lifecycle: runtime.lifecycle };
    const { service: started } = await api.start(serviceId);
    printWarnings(output, started);
    const problem = startProblem(started);
    if (problem === undefined) return { ok: true, from, serviceId, namespace, lifecycle: started.runtime.lifecycle };
    return { ok: false, from, error: `${namespace} is registered, but ${problem.message}`, hint: problem.hint };
  } catch (error) {
    return { ok: false, from, error: messageOf(error) };
  }
}
