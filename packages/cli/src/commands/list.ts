import { ExitCode } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { printServices } from '../command-support/render.ts';

export const list: Command = {
  syntax: 'list',
  describe: 'list services',
  run: async (_given, session) => {
    const { api, output } = session;
    const services = await api.services();
    if (output.json) output.value(services);
    else if (services.items.length === 0) output.line('no services yet: add one with `clarityctl add <file>`');
    else printServices(session, services.items);
    if (output.json) return ExitCode.done;
    for (const { file, name, reason, fix } of services.unsupported ?? []) {
      output.line(`UNSUPPORTED ${name} (${file}): ${reason}; ${fix}`, 'careful');
    }
    return ExitCode.done;
  },
};
