import type { Manifest } from '@clarity-runtime/core';
import { deriveServiceId, redactedManifest } from '@clarity-runtime/core/internal';
import type { ServiceReply } from '@clarity-runtime/api-contract';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { printState, printWarnings } from '../command-support/render.ts';
import { startService } from '../command-support/start-service.ts';
import { ExitCode } from '../support/cli-error.ts';
import type { MovedSecret } from './given-values.ts';
import { changeLine, manifestChanges, type ManifestChange } from './manifest-changes.ts';

/** A changed manifest of a registered service, with hidden values as `***`. */
export interface ManifestEdit {
  readonly stored: ServiceReply;
  /** As the daemon gets it; an edited text may be another document, which the daemon refuses. */
  readonly value: unknown;
  /** Secrets to store before the change. */
  readonly secrets?: readonly MovedSecret[];
  /** Starts the service, also if it does not run; false: never. If absent, one that runs or failed is started again. */
  readonly starts?: boolean;
}

/**
 * Applies a changed manifest if the stored one is still the same, and prints what changed. A service that runs is started again
 * with its new values, and so is one that failed, because the change may be what it needs. With `--dry-run` it only prints.
 * @throws ApiError REVISION_CONFLICT if the service changed meanwhile.
 */
export async function changeService(
  session: CommandContext,
  given: ParsedArgs,
  { stored, value, secrets = [], starts }: ManifestEdit,
): Promise<number> {
  const { api, output } = session;
  const after = withoutId(value as Manifest, stored.serviceId);
  const changes = isManifest(after)
    ? manifestChanges(stored.manifest as unknown as Manifest, redactedManifest(after))
    : [];
  if (given.has('dry-run')) {
    printPlanned(session, changes, secrets);
    return ExitCode.done;
  }
  for (const { reference, value: text } of secrets) {
    const { warnings = [] } = await api.setSecret(reference, text, placesOf(after, stored));
    output.note(`the value of ${reference} is in the secret store`);
    for (const warning of warnings) output.note(warning);
  }
  const wasRunning = stored.runtime.lifecycle === 'RUNNING';
  const { service: applied } = await api.apply(after, stored.digest, stored.serviceId);
  for (const change of changes) output.note(changeLine(change));
  const isMoved = applied.serviceId !== stored.serviceId;
  const isWanted = starts ?? ((isMoved && wasRunning) || (hasFailed(stored) && applied.manifest.spec.enabled));
  const isStarted = isWanted && applied.runtime.lifecycle !== 'RUNNING';
  // A running service read the old value of a secret at its start.
  const isRestarted = !isStarted && secrets.length > 0 && wasRunning;
  const verb = isRestarted ? 'restart' : 'start';
  const service = isStarted || isRestarted ? await startService(session, applied, { verb }) : applied;
  printWarnings(output, service);
  const changed = changes.length > 0 || secrets.length > 0;
  if (output.json) output.value({ ok: true, changed, changes, secrets: secrets.map(referenceOf), service });
  else printState(output, service);
  return ExitCode.done;
}

const hasFailed = ({ runtime: { lifecycle, problem } }: ServiceReply): boolean =>
  problem !== undefined && (lifecycle === 'STOPPED' || lifecycle === 'CRASHED');

const referenceOf = ({ reference }: MovedSecret): string => reference;

function printPlanned(
  { output }: CommandContext,
  changes: readonly ManifestChange[],
  secrets: readonly MovedSecret[],
): void {
  if (output.json) output.value({ ok: true, dryRun: true, changes, secrets: secrets.map(referenceOf) });
  else {
    for (const change of changes) output.line(changeLine(change));
    for (const { reference } of secrets) output.line(`${reference}: a new value in the secret store`);
    output.line('nothing was changed');
  }
}

/** A secret of a remote service may be sent to its host, one of a program is for its service. */
function placesOf(
  manifest: Manifest,
  { namespace }: ServiceReply,
): { readonly hosts?: readonly string[]; readonly services?: readonly string[] } {
  const { origin } = manifest.spec;
  const endpoint = origin.type === 'remote_mcp' ? origin.endpoint : '';
  return URL.canParse(endpoint) ? { hosts: [new URL(endpoint).host] } : { services: [namespace] };
}

/** The id follows from the target, which the change may concern. */
function withoutId(manifest: Manifest, serviceId: string): Manifest {
  if (!isManifest(manifest) || manifest.metadata.serviceId !== serviceId) return manifest;
  const { serviceId: _, ...metadata } = manifest.metadata;
  const other = { ...manifest, metadata };
  return deriveServiceId(other) === serviceId ? manifest : other;
}

/** Enough of a manifest to compare it; the daemon checks the rest. */
const isManifest = (value: unknown): value is Manifest => {
  const { metadata, spec } = Object(value) as Partial<Manifest>;
  const { type } = Object(spec?.origin) as { readonly type?: unknown };
  return typeof metadata === 'object' && typeof type === 'string';
};
