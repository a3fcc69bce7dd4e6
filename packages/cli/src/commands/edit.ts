import { configValue } from '@clarity-runtime/adapter-store-fs';
import { changeService } from '../additions/change-service.ts';
import { ApiError } from '../api/api-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
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
        return await changeService(session, given, { value: yamlValue(text), stored });
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

function yamlValue(text: string): unknown {
  try {
    return configValue(text, 'yaml');
  } catch (error) {
    throw new CliError(messageOf(error), { code: 'TEXT_INVALID', cause: error });
  }
}
