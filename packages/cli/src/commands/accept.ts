import { ExitCode, CliError } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { printReview } from '../command-support/render.ts';

export const accept: Command = {
  syntax: 'accept <service> [tools..]',
  describe: 'accept the current tools of a service; without tool names, all of them',
  subject: SERVICE_SUBJECT,
  flags: { yes: { type: 'switch', alias: 'y', describe: 'skip the confirmation' } },
  run: async (given, { api, output, confirm }) => {
    const { serviceId, namespace } = await findService(api, given);
    const tools = given.list('tools');
    if (confirm !== undefined && !given.has('yes')) {
      printReview(output, await api.diff(serviceId));
      const what = tools.length === 0 ? 'everything' : tools.join(', ');
      if (!(await confirm(`Accept ${what} of ${namespace}?`))) throw new CliError('nothing was accepted');
    }
    const review = await api.accept(serviceId, tools);
    if (output.json) output.value(review);
    else printReview(output, review);
    return ExitCode.done;
  },
};
