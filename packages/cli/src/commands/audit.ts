import { Exit } from '../problem.ts';
import { shownTime } from '../terminal/shown-time.ts';
import type { Command } from './command.ts';
import { limitFlag, limitOf } from './limits.ts';

export const audit: Command = {
  syntax: 'audit',
  describe: 'show what was done, the newest last',
  flags: { limit: limitFlag('how many events') },
  run: async (given, { api, output }) => {
    const reply = await api.audit(limitOf(given, 'limit'));
    if (output.json) output.value(reply);
    else {
      const rows = reply.items.map(({ at, kind, serviceId = '', message }) => [
        shownTime(at),
        kind,
        serviceId,
        message,
      ]);
      output.table(['AT', 'WHAT', 'SERVICE', 'MESSAGE'], rows, (row) =>
        reply.items[row]?.level === 'error' ? 'bad' : 'plain',
      );
    }
    return Exit.done;
  },
};
