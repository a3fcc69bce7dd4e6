import { join } from 'node:path';
import { makeOwnFolder, STATE_FOLDER } from '@clarity-runtime/adapter-store-fs';
import type { Compiler } from '@clarity-runtime/core/ports';
import { type ControlAdapters, type RuntimeOptions } from '@clarity-runtime/core';
import { allowedInstallers } from '@clarity-runtime/core/internal';
import type { Environment } from '../support/process-context.ts';
import type { DaemonSettings } from '../settings/daemon-settings.ts';
import { ThreadCompiler } from '../threads/thread-compiler.ts';
import { sourceWorkspace, configuredCompiler, compilerInstaller } from '@clarity-runtime/adapter-toolchain';

/** Returns the adapters of the control tools. The installer is left out unless its switch is on. */
export async function controlAdapters(
  settings: DaemonSettings,
  workspace: string,
  env: Environment,
): Promise<ControlAdapters> {
  const { compilerBin, compilerInstall, compilerInstallAllowlist, compilerInstallCommand } = settings;
  const usual = compilerInstallCommand.value;
  const allowed = allowedInstallers(compilerInstallAllowlist.value);
  const installer = compilerInstaller({ allowed, usual, workspace, env });
  const embedded = new ThreadCompiler();
  const configured = configuredCompiler({
    bin: compilerBin.value,
    workspace,
    env,
    embedded: (source, signal) => embedded.compile(source, signal),
  });
  return {
    workspace: await sourceWorkspace(workspace),
    compiler: guarded(configured, workspace, embedded),
    ...(compilerInstall.value.open ? { compilerInstaller: installer } : {}),
  };
}

/** Checks the owner of the build folder before a compiler writes to it. The runtime disposes it, and so the thread. */
const guarded = (compiler: Compiler, workspace: string, thread: AsyncDisposable): Compiler & AsyncDisposable => ({
  ...compiler,
  [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  compile: async (source, signal) => {
    await makeOwnFolder(workspace, join(workspace, STATE_FOLDER, 'build'));
    return compiler.compile(source, signal);
  },
});

export const controlOptions = ({ mcpProvisioning, mcpCommands }: DaemonSettings): RuntimeOptions => ({
  controlTools: true,
  approveProvisioning: mcpProvisioning.value.approve === true,
  mcpCommands: mcpCommands.value.open,
});
