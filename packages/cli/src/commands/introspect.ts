import { Exit } from '../support/cli-error.ts';
import type { Command } from './command.ts';
import { findService, SERVICE_SUBJECT } from './find-service.ts';
import { printOffered } from './offered-table.ts';

export const introspect: Command = {
  syntax: 'introspect <service>',
  describe: 'ask a running service anew what it offers',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.introspect(serviceId);
    if (output.json) output.value(reply);
    else printOffered(output, reply.interface);
    return Exit.done;
  },
};
