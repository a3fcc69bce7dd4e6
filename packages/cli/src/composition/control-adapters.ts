import { type ControlAdapters, type RuntimeOptions } from '@clarity-runtime/core';
import { allowedInstallers } from '@clarity-runtime/core/internal';
import type { Environment } from '../support/process-context.ts';
import type { DaemonSettings } from '../settings/daemon-settings.ts';
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
  return {
    workspace: await sourceWorkspace(workspace),
    compiler: configuredCompiler({ bin: compilerBin.value, workspace, env }),
    ...(compilerInstall.value.open ? { compilerInstaller: installer } : {}),
  };
}

export const controlOptions = ({ mcpProvisioning, mcpCommands }: DaemonSettings): RuntimeOptions => ({
  controlTools: true,
  approveProvisioning: mcpProvisioning.value.approve === true,
  mcpCommands: mcpCommands.value.open,
});
