import { Exit } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { printState } from '../command-support/render.ts';

export const stop: Command = {
  syntax: 'stop <service>',
  describe: 'stop a service',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.stop(serviceId);
    if (output.json) output.value(reply);
    else printState(output, reply.service);
    return Exit.done;
  },
};
