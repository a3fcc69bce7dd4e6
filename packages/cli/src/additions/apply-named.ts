import { isDeepStrictEqual } from 'node:util';
import type { Manifest } from '@clarity-runtime/core';
import {
  BUILT_IN_KINDS,
  deriveServiceId,
  namespaceOf,
  originKind,
  programKey,
  redactedManifest,
} from '@clarity-runtime/core/internal';
import type { ServiceReply, ServiceSummary } from '@clarity-runtime/api-contract';
import { ParsedArgs, type Flags } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { CliError } from '../support/cli-error.ts';
import type { MovedSecret } from './given-values.ts';
import { withKeptSettings } from './kept-settings.ts';
import { changeLine, manifestChanges, type ManifestChange } from './manifest-changes.ts';

/** Flags of commands that register a service under a name that may be taken. */
export const replaceFlags: Flags = {
  replace: { type: 'switch', describe: 'replace the service of this name, and keep its policy, surface and limits' },
  'dry-run': { type: 'switch', describe: 'print what would change' },
};

/** A manifest to register and the secrets that it names. */
export interface AddedService {
  readonly manifest: Manifest;
  readonly secrets?: readonly MovedSecret[];
  /** Hosts that the secrets may be sent to; empty for a program. */
  readonly hosts?: readonly string[];
}

interface NamedPlan {
  readonly action: 'add' | 'update' | 'replace' | 'none';
  readonly manifest: Manifest;
  readonly changes: readonly ManifestChange[];
  readonly stored?: ServiceReply;
}

/**
 * Registers a build of a source or a module. Settings of the operator stay. `target` is what `clarityctl add` would be given.
 * @throws CliError NAMESPACE_TAKEN if another source has the name, REVISION_CONFLICT if the service changed meanwhile.
 */
export async function applyBuilt(
  session: CommandContext,
  manifest: Manifest,
  target: string,
): Promise<{ readonly service: ServiceReply }> {
  const service = await applyNamed(session, new ParsedArgs({ service: target }), { manifest });
  if (service === undefined) throw new TypeError('only a dry run registers nothing');
  return { service };
}

/**
 * Registers a service under its name. A service of this name with the same target is updated; one with another target is
 * replaced with `--replace` or after a question. Settings of the operator stay. Returns undefined after `--dry-run`.
 * @throws CliError NAMESPACE_TAKEN with the command that replaces the service, REVISION_CONFLICT if it changed meanwhile.
 */
export async function applyNamed(
  session: CommandContext,
  given: ParsedArgs,
  { manifest: fresh, secrets = [], hosts = [] }: AddedService,
): Promise<ServiceReply | undefined> {
  const { api, output } = session;
  const plan = await namedPlan(session, fresh);
  const { action, manifest, stored } = plan;
  if (given.has('dry-run')) {
    printPlan(session, plan);
    return undefined;
  }
  if (action === 'replace' && stored !== undefined) await consent(session, given, { plan, stored });
  for (const { reference, value } of secrets) {
    const places = hosts.length > 0 ? { hosts } : { services: [namespaceOf(manifest)] };
    const { warnings = [] } = await api.setSecret(reference, value, places);
    output.note(`the value of ${reference} is in the secret store`);
    for (const warning of warnings) output.note(warning);
  }
  const replaces = action === 'replace' ? stored?.serviceId : undefined;
  const { service } = await api.apply(manifest, stored?.digest, replaces);
  return service;
}

async function namedPlan({ api }: CommandContext, fresh: Manifest): Promise<NamedPlan> {
  const { items } = await api.services();
  const id = deriveServiceId(fresh);
  // The daemon replaces a program of the same source and name whose file is elsewhere, also one with another namespace.
  const isBuilt = originKind(fresh.spec.origin.type).isBuiltFromSource;
  const found =
    items.find(({ serviceId }) => serviceId === id) ??
    items.find((item) => isBuilt && isSameSource(item, fresh)) ??
    items.find(({ namespace }) => namespace === namespaceOf(fresh));
  if (found === undefined) return { action: 'add', manifest: fresh, changes: [] };
  const { service: stored } = await api.service(found.serviceId);
  const shown = stored.manifest as unknown as Manifest;
  const kept = withKeptSettings(fresh, shown);
  const { toolNamespace } = shown.spec;
  const isSame = found.serviceId === id;
  const program = programKey(fresh, BUILT_IN_KINDS);
  const isSameProgram = program !== undefined && program === programKey(shown, BUILT_IN_KINDS);
  const isNamed = (isSame || isSameProgram) && toolNamespace !== undefined;
  const manifest = isNamed ? { ...kept, spec: { ...kept.spec, toolNamespace } } : kept;
  const changes = manifestChanges(shown, redactedManifest(manifest));
  // A hidden value may differ though it looks the same.
  const isEqual = changes.length === 0 && isDeepStrictEqual(manifest, redactedManifest(manifest));
  const action = isSame || isSameProgram ? (isEqual ? 'none' : 'update') : 'replace';
  return { action, manifest, changes, stored };
}

const isSameSource = (item: ServiceSummary, { metadata, spec }: Manifest): boolean =>
  item.originType === spec.origin.type && item.sourceFile === metadata.sourceFile && item.module === metadata.module;

async function consent(
  { output, confirm }: CommandContext,
  given: ParsedArgs,
  { plan: { changes, manifest }, stored }: { readonly plan: NamedPlan; readonly stored: ServiceReply },
): Promise<void> {
  const { namespace } = stored;
  const isAsked = !given.has('replace');
  const command = commandText(given, redactedManifest(manifest));
  if (isAsked && confirm === undefined) {
    throw new CliError(`the name '${namespace}' belongs to ${targetOf(stored)}; nothing was changed`, {
      code: 'NAMESPACE_TAKEN',
      hint: `replace it: \`${command}\`; or choose another name with --module`,
    });
  }
  output.note(`${namespace} is replaced:`);
  for (const change of changes) output.note(`  ${changeLine(change)}`);
  if (isAsked && (await confirm?.(`Replace '${namespace}'?`)) !== true) {
    throw new CliError('cancelled: nothing was changed');
  }
}

const targetOf = ({ manifest }: ServiceReply): string => {
  const { origin } = manifest.spec as unknown as Manifest['spec'];
  if (origin.type === 'local_process') return [origin.command, ...(origin.args ?? [])].join(' ').slice(0, 120);
  return origin.type === 'remote_mcp' ? origin.endpoint : manifest.metadata.sourceFile;
};

function printPlan({ output }: CommandContext, { action, manifest, changes }: NamedPlan): void {
  const shown = redactedManifest(manifest);
  const name = namespaceOf(manifest);
  if (output.json) output.value({ ok: true, dryRun: true, action, name, changes, manifest: shown });
  else {
    output.line(action === 'none' ? `${name}: no changes` : `${name}: ${action}`);
    for (const change of changes) output.line(`  ${changeLine(change)}`);
    output.line('nothing was changed');
  }
}

/** Flags whose values may be secret: only the name of an entry is printed. */
const VALUES = new Set(['env', 'env-ref', 'header', 'query']);
const SKIPPED = new Set(['replace', 'dry-run', 'json', 'service', 'auth-token']);

/** Returns the `add` command of the arguments with `--replace`, for a shell. Values that may be secret are `…`. */
function commandText(given: ParsedArgs, shown: Manifest): string {
  const { origin } = shown.spec;
  const service = given.text('service');
  const flags = given.flags().flatMap(([name, value]): string[] => {
    if (SKIPPED.has(name)) return [];
    if (value === true) return [`--${name}`];
    return [`--${name}`, VALUES.has(name) ? `${value.split(/[=:]/, 1)[0] ?? ''}=…` : value];
  });
  // Arguments of the program have hidden values already.
  const rest =
    origin.type === 'local_process' && given.rest.length > 0 ? ['--', origin.command, ...(origin.args ?? [])] : [];
  return ['clarityctl', 'add', ...(service === undefined ? [] : [service]), '--replace', ...flags, ...rest]
    .map(quoted)
    .join(' ');
}

const quoted = (word: string): string => (/^[\w@%+=:,./…-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
