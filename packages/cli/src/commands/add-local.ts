import { resolve } from 'node:path';
import { localWasm } from '@clarity-runtime/core';
import { DEFAULT_ENTRY } from '@clarity-runtime/core/internal';
import { applyBuilt } from '../additions/apply-named.ts';
import { ExitCode } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { requiredFlag } from '../command-support/flags.ts';
import { policyFlags, policyOf } from '../command-support/policy-flags.ts';
import { printState } from '../command-support/render.ts';

/** Registers a compiled module without starting it. */
export const addLocal: Command = {
  syntax: 'add-local',
  describe: 'register a compiled module (deprecated; see `add <service>`)',
  flags: {
    source: { type: 'text', describe: 'source file (required)' },
    module: { type: 'text', describe: 'module name (required)' },
    wasm: { type: 'text', describe: 'compiled module (required)' },
    entry: { type: 'text', describe: 'entry function of the module', fallbackText: DEFAULT_ENTRY },
    name: { type: 'text', describe: 'display name' },
    ...policyFlags,
  },
  run: async (given, session) => {
    const { output, cwd } = session;
    output.note('warning: `add-local` is deprecated; `add <service>` compiles, registers and starts');
    const wasmPath = resolve(cwd, requiredFlag(given, 'wasm'));
    const manifest = localWasm(wasmPath, {
      sourceFile: resolve(cwd, requiredFlag(given, 'source')),
      module: requiredFlag(given, 'module'),
      workspaceRoot: cwd,
      entry: given.text('entry'),
      displayName: given.text('name'),
      policy: policyOf(given),
    });
    const reply = await applyBuilt(session, manifest, wasmPath);
    if (output.json) output.value(reply);
    else printState(output, reply.service);
    return ExitCode.done;
  },
};
