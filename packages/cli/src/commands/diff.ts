import { Exit } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { printReview } from '../command-support/render.ts';

export const diff: Command = {
  syntax: 'diff <service>',
  describe: 'show how the tools of a service have changed, and what is held back',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const review = await api.diff(serviceId);
    if (output.json) output.value(review);
    else printReview(output, review);
    return Exit.done;
  },
};
