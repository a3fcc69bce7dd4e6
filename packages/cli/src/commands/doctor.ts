import type { Command } from '../command-support/command.ts';
import { compilerSettings } from '../settings/client-settings.ts';
import { settingFlags } from '../settings/setting-flags.ts';

export const doctor: Command = {
  syntax: 'doctor [service]',
  describe: 'check the installation, services and clients, and suggest fixes',
  subject: 'id or namespace of the only service to check',
  flags: {
    config: { type: 'switch', describe: 'show every setting with its value and source' },
    for: {
      type: 'text',
      describe: 'model APIs whose rules matter: claude, openai, gemini',
      fallbackText: 'claude,openai',
    },
    fix: { type: 'switch', describe: 'repair what is safe: end leftover processes, make the state private' },
    'accept-registry': { type: 'switch', describe: 'accept a registry.json that was edited by hand' },
    ...settingFlags(compilerSettings),
  },
  run: async (given, session) => {
    if (given.has('accept-registry')) return (await import('./doctor-registry.ts')).takeEditedRegistry(session);
    // The checks load the compiler and the files of all clients.
    const { examine, showConfig } = await import('./doctor-report.ts');
    return given.has('config') ? showConfig(given, session) : examine(given, session);
  },
};
