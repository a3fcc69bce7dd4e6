import { configValue } from '@clarity-runtime/adapter-store-fs';
import type { Manifest } from '@clarity-runtime/core';
import { deriveServiceId, redactedManifest } from '@clarity-runtime/core/internal';
import type { ServiceReply } from '@clarity-runtime/api-contract';
import { changeLine, manifestChanges } from '../additions/manifest-changes.ts';
import { ApiError } from '../api/api-error.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { printState, printWarnings } from '../command-support/render.ts';
import { startService } from '../command-support/start-service.ts';
import { CliError, ExitCode } from '../support/cli-error.ts';
import { messageOf } from '../support/error-text.ts';
import { toYaml } from '../terminal/to-yaml.ts';
import { editedFile } from '../terminal/editor.ts';

/** Answers to a manifest that another text can repair. */
const REPAIRABLE = new Set([
  'MANIFEST_INVALID',
  'NAMESPACE_TAKEN',
  'NAMESPACE_RESERVED',
  'POLICY_NOT_FOUND',
  'ORIGIN_UNSUPPORTED',
  'AUTH_REF_INVALID',
]);
const HEAD = `# The manifest of a service. Hidden values are ***; they stay unless you write another value.
# Save and close the editor to apply it. An unchanged or empty text changes nothing.
`;

/** Opens the manifest in the editor of the user. */
export const edit: Command = {
  syntax: 'edit <service>',
  describe: 'change the manifest of a service in $VISUAL or $EDITOR',
  subject: SERVICE_SUBJECT,
  flags: { 'dry-run': { type: 'switch', describe: 'print what would change' } },
  run: async (given, session) => {
    const { serviceId } = await findService(session.api, given);
    const { service: stored } = await session.api.service(serviceId);
    const before = `${toYaml(stored.manifest)}\n`;
    await using file = await editedFile(session.env, `${stored.namespace}.yaml`);
    let shown = HEAD + before;
    for (;;) {
      const text = await file.edit(shown);
      const own = text.replace(/^(?:#[^\n]*\n)+/, '');
      // The same text as the refused one is a decision to stop.
      if (own.trim() === '' || own === before || text === shown) return unchanged(session, text === HEAD + before);
      try {
        return await applyEdited(session, given, { text, stored });
      } catch (error) {
        const problem = repairable(error);
        if (problem === undefined) throw error;
        session.output.note(`error: ${problem}`);
        shown = `${problem
          .split('\n')
          .map((line) => `# ${line}`)
          .join('\n')}\n${HEAD}${own}`;
        if (session.confirm === undefined) throw error;
      }
    }
  },
};

/** A text that cannot be read or applied, as comment for the editor. */
function repairable(error: unknown): string | undefined {
  const isOwn = error instanceof CliError && error.code === 'TEXT_INVALID';
  const isRefused = error instanceof ApiError && REPAIRABLE.has(error.code ?? '');
  if (!isOwn && !isRefused) return undefined;
  return error.hint === undefined ? error.message : `${error.message}\n${error.hint}`;
}

function unchanged({ output }: CommandContext, isFirst: boolean): number {
  if (output.json) output.value({ ok: isFirst, changed: false });
  else output.line('nothing was changed');
  return isFirst ? ExitCode.done : ExitCode.failed;
}

async function applyEdited(
  session: CommandContext,
  given: ParsedArgs,
  { text, stored }: { readonly text: string; readonly stored: ServiceReply },
): Promise<number> {
  const { api, output } = session;
  const value = yamlValue(text);
  const before = stored.manifest as unknown as Manifest;
  const after = withoutId(value as Manifest, stored.serviceId);
  const changes = isManifest(after) ? manifestChanges(before, redactedManifest(after)) : [];
  if (given.has('dry-run')) {
    if (output.json) output.value({ ok: true, dryRun: true, changes });
    else for (const change of changes) output.line(changeLine(change));
    return ExitCode.done;
  }
  const wasRunning = stored.runtime.lifecycle === 'RUNNING';
  const { service: applied } = await api.apply(after, stored.digest, stored.serviceId);
  for (const change of changes) output.note(changeLine(change));
  const isMoved = applied.serviceId !== stored.serviceId;
  const service = isMoved && wasRunning ? await startService(session, applied) : applied;
  printWarnings(output, service);
  if (output.json) output.value({ ok: true, changed: true, changes, service });
  else printState(output, service);
  return ExitCode.done;
}

function yamlValue(text: string): unknown {
  try {
    return configValue(text, 'yaml');
  } catch (error) {
    throw new CliError(messageOf(error), { code: 'TEXT_INVALID', cause: error });
  }
}

/** The id follows from the target, which the edit may change. */
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
