import { ExitCode } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { duration } from '../command-support/render.ts';
import { printServices, wordCounts } from '../command-support/service-table.ts';

export const status: Command = {
  syntax: 'status',
  describe: 'show the state of the daemon and its services',
  run: async (_given, session) => {
    const { api, output } = session;
    const state = await api.status();
    if (output.json) {
      output.value(state);
      return ExitCode.done;
    }
    const { runtime, summary, services, refusals } = state;
    const refused = Object.entries(refusals).filter(([, count]) => count > 0);
    output.table(
      [],
      [
        ['daemon', `clarityd ${runtime.version}, pid ${String(runtime.pid)}, up ${duration(runtime.uptimeSeconds)}`],
        ['endpoint', `${api.daemonUrl.origin}/mcp`],
        ['page', `${api.daemonUrl.origin}/status`],
        ['services', [String(summary.total), wordCounts(services)].filter((text) => text !== '').join(': ')],
        ...(refused.length === 0
          ? []
          : [['refused', refused.map(([name, count]) => `${name} ${String(count)}`).join(', ')]]),
      ],
    );
    if (services.length > 0) {
      output.line('');
      printServices(session, services);
    }
    return ExitCode.done;
  },
};
