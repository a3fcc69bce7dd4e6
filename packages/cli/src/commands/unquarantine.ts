import { Exit } from '../support/cli-error.ts';
import type { Command } from './command.ts';
import { findService, SERVICE_SUBJECT } from './find-service.ts';
import { printState } from './service-state.ts';

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
