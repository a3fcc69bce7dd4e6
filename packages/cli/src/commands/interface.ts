import { Exit } from '../support/cli-error.ts';
import type { Command } from './command.ts';
import { findService, SERVICE_SUBJECT } from './find-service.ts';
import { printOffered } from './offered-table.ts';

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
