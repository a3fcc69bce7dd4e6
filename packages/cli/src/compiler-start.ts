import type { Given } from './arguments/grammar.ts';
import { add } from './commands/add.ts';
import { runCtl } from './ctl.ts';
import type { Surroundings } from './program.ts';
import { clientSettings } from './settings/client-settings.ts';
import { settingFlags } from './settings/setting-flags.ts';

const flags = { ...settingFlags(clientSettings), ...add.flags } as const;

/** `clarityc start <file>` is `clarityctl add <file>`: the daemon runs the service. */
export const startCommand = {
  syntax: 'start <file>',
  describe: 'compile a source, register it with clarityd and start it',
  subject: 'a Clarity source',
  flags,
  run: (given: Given, surroundings: Surroundings): Promise<number> => {
    const passed = Object.entries(flags).flatMap(([name, { type }]) => {
      const text = type === 'text' ? given.text(name) : undefined;
      if (text !== undefined) return [`--${name}=${text}`];
      return given.has(name) ? [`--${name}`] : [];
    });
    return runCtl({ ...surroundings, argv: ['add', ...passed, '--', given.text('file') ?? ''] });
  },
};
