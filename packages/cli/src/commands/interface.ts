import { Exit } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { printOffered } from '../command-support/render.ts';

export const interfaceCommand: Command = {
  syntax: 'interface <service>',
  describe: 'show what a service offered when it was last asked',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.interface(serviceId);
    if (output.json) output.value(reply);
    else printOffered(output, reply);
    return Exit.done;
  },
};
