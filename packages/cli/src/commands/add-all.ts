import { basename, dirname } from 'node:path';
import { applyBuilt } from '../additions/apply-named.ts';
import { compileAndRegister } from '../command-support/compile-and-register.ts';
import { DEFAULT_ENTRY } from '@clarity-runtime/core/internal';
import { findSources, shownPath } from '@clarity-runtime/adapter-toolchain';
import { messageOf } from '../support/error-text.ts';
import { ExitCode } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { compilerSettings } from '../settings/client-settings.ts';
import { settingFlags } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import type { Command } from '../command-support/command.ts';

type Outcome =
  | { readonly ok: true; readonly sourceFile: string; readonly serviceId: string; readonly namespace: string }
  | { readonly ok: false; readonly sourceFile: string; readonly error: string };

/** Continues after a failure, prints all failures, and exits with 1 when there was one. */
export const addAll: Command = {
  syntax: 'add-all [dir]',
  describe: 'add all Clarity sources of a folder',
  subject: 'folder to search; default: the current folder',
  flags: {
    recursive: { type: 'switch', alias: 'r', describe: 'search subfolders too' },
    entry: { type: 'text', describe: 'entry function of the modules', fallbackText: DEFAULT_ENTRY },
    ...settingFlags(compilerSettings),
  },
  run: async (given, session) => {
    const { compilerBin } = resolveSettings(compilerSettings, given.texts(), session.env);
    const recursive = given.has('recursive');
    const { folder, paths } = await findSources(session.cwd, given.text('dir') ?? '.', { recursive });
    // A daemon that is away is reported once, not for every source.
    await session.api.services();
    const options = { entry: given.text('entry') ?? DEFAULT_ENTRY, compilerBin: compilerBin.value };
    const outcomes: Outcome[] = [];
    for (const path of paths) {
      const outcome = await addOne(session, path, options);
      if (!session.output.json) tell(session, outcome);
      outcomes.push(outcome);
    }
    const added = outcomes.filter(({ ok }) => ok).length;
    const ok = added === outcomes.length;
    if (session.output.json) {
      const note = paths.length === 0 ? { note: 'no .clarity files found' } : {};
      session.output.value({ ok, rootDir: folder, scanned: paths.length, added, services: outcomes, ...note });
    } else session.output.line(`${String(added)} of ${String(paths.length)} sources added`);
    return ok ? ExitCode.done : ExitCode.failed;
  },
};

async function addOne(
  session: CommandContext,
  path: string,
  options: { readonly entry: string; readonly compilerBin: string | undefined },
): Promise<Outcome> {
  try {
    // A main source has the name of its folder, as with `add <folder>`.
    const what = basename(path) === 'main.clarity' ? dirname(path) : path;
    const { service, notes } = await compileAndRegister(session, what, {
      ...options,
      apply: (manifest) => applyBuilt(session, manifest, what),
    });
    for (const note of notes) session.output.note(`note: ${note}`);
    return { ok: true, sourceFile: path, serviceId: service.serviceId, namespace: service.namespace };
  } catch (error) {
    return { ok: false, sourceFile: path, error: messageOf(error) };
  }
}

function tell({ output, cwd }: CommandContext, outcome: Outcome): void {
  const shown = shownPath(cwd, outcome.sourceFile);
  if (outcome.ok) output.line(`${shown}: ${outcome.namespace} (${outcome.serviceId})`, 'good');
  // An error of the compiler begins with the file.
  else output.note(outcome.error.startsWith(shown) ? outcome.error : `${shown}: ${outcome.error}`);
}
