import type { Given } from '../arguments/command-grammar.ts';
import { compileAndRegister, type Added } from '../command-support/compile-and-register.ts';
import { Exit } from '../support/cli-error.ts';
import { compilerSettings } from '../settings/client-settings.ts';
import { settingFlags } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import { agentFlags, readServiceType } from './agent-flags.ts';
import type { Session } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { endpointOf, printEndpoints, printOffered, printState } from '../command-support/render.ts';

export const DEFAULT_ENTRY = 'mcp_main';

export const add: Command = {
  syntax: 'add <service>',
  describe: 'compile a Clarity source, register it and start it',
  subject: 'a name (<name>.clarity), a source file, or a folder that holds one',
  flags: {
    module: {
      type: 'text',
      describe: 'name of the module, and prefix of its tools',
      fallbackText: 'name of the source',
    },
    wasm: { type: 'text', describe: 'where to build to', fallbackText: '.clarity/build/<name>.wasm' },
    entry: { type: 'text', describe: 'entry of the module', fallbackText: DEFAULT_ENTRY },
    name: { type: 'text', describe: 'name to show to people' },
    ...settingFlags(compilerSettings),
    ...agentFlags,
  },
  run: (given, session) => addSource(session, given, given.text('service') ?? ''),
};

/** Compiles, registers and starts what is named, as the flags of `add` say, and tells the outcome. */
export async function addSource(session: Session, given: Given, what: string): Promise<number> {
  const { compilerBin } = resolveSettings(compilerSettings, given.texts(), session.env);
  const added = await compileAndRegister(session, what, {
    module: given.text('module'),
    wasm: given.text('wasm'),
    entry: given.text('entry') ?? DEFAULT_ENTRY,
    displayName: given.text('name'),
    serviceType: readServiceType(given, session.output),
    compilerBin: compilerBin.value,
  });
  print(session, added);
  return Exit.done;
}

function print(session: Session, { service, sourceFile, wasmPath, module, notes }: Added): void {
  const { api, output } = session;
  for (const note of notes) output.note(`note: ${note}`);
  const { serviceId, namespace, interfaceSnapshot } = service;
  const endpoint = endpointOf(api);
  if (output.json) {
    const tools = (interfaceSnapshot?.tools ?? []).map(({ name }) => name);
    output.value({ ok: true, serviceId, namespace, sourceFile, wasmPath, module, endpoint, tools });
    return;
  }
  printState(output, service);
  if (interfaceSnapshot !== undefined) printOffered(output, interfaceSnapshot);
  printEndpoints(session, namespace);
}
