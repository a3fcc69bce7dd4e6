import { assertRunning } from '../api/api-error.ts';
import { Exit } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { printState } from '../command-support/render.ts';

export const restart: Command = {
  syntax: 'restart <service>',
  describe: 'stop a service and start it again',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.restart(serviceId);
    if (output.json) output.value(reply);
    assertRunning(reply.service);
    if (!output.json) printState(output, reply.service);
    return Exit.done;
  },
};
