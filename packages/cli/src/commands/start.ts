import { assertRunning } from '../api/api-error.ts';
import { Exit } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { printState } from '../command-support/render.ts';

export const start: Command = {
  syntax: 'start <service>',
  describe: 'start a service',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.start(serviceId);
    if (output.json) output.value(reply);
    assertRunning(reply.service);
    if (!output.json) printState(output, reply.service);
    return Exit.done;
  },
};
