import { Exit } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { printState } from '../command-support/render.ts';

export const unquarantine: Command = {
  syntax: 'unquarantine <service>',
  describe: 'let a service that failed too often be started again; it starts nothing',
  subject: SERVICE_SUBJECT,
  flags: { reason: { type: 'text', describe: 'why, for the audit' } },
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.unquarantine(serviceId, given.text('reason'));
    if (output.json) output.value(reply);
    else printState(output, reply.service);
    return Exit.done;
  },
};
