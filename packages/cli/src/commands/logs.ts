import { Exit } from '../problem.ts';
import type { Command } from './command.ts';
import { findService, SERVICE_SUBJECT } from './find-service.ts';
import { limitFlag, limitOf } from './limits.ts';

/** Plain lines on a pipe too: a log is read by people and by `grep`. */
export const logs: Command = {
  syntax: 'logs <service>',
  describe: 'show the newest log lines of a service',
  subject: SERVICE_SUBJECT,
  flags: { limit: limitFlag('how many lines') },
  run: async (given, { api, output }) => {
    const limit = limitOf(given, 'limit');
    const { serviceId } = await findService(api, given);
    const reply = await api.logs(serviceId, limit);
    if (output.asked) output.value(reply);
    else for (const line of reply.lines) output.line(line);
    return Exit.done;
  },
};
