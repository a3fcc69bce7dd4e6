import type { CompilerInstaller } from '@clarity-runtime/core/ports';

/** Passes an installation to the administrators of the machine instead of running it. */
export const requestedInstallation = (request: (command: readonly string[]) => Promise<string>): CompilerInstaller => ({
  allowed: ['brew', 'apt-get'],
  run: async (command) => ({ exitCode: 0, output: `requested as ${await request(command)}` }),
});
