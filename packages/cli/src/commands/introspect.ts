import { Exit } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { printOffered } from '../command-support/render.ts';

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
