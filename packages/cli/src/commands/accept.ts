import { ExitCode, CliError } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { printReview } from '../command-support/render.ts';

export const accept: Command = {
  syntax: 'accept <service> [tools..]',
  describe: 'accept the current tools of a service; without tool names, all of them',
  subject: SERVICE_SUBJECT,
  flags: {
    yes: { type: 'switch', alias: 'y', describe: 'skip the confirmation' },
    digest: { type: 'text', describe: 'digest that `diff` has shown; another present interface is refused' },
  },
  run: async (given, { api, output, confirm }) => {
    const { serviceId, namespace } = await findService(api, given);
    const tools = given.list('tools');
    let digest = given.text('digest');
    if (confirm !== undefined && !given.has('yes')) {
      const shown = await api.diff(serviceId);
      printReview(output, shown);
      digest ??= shown.digest;
      const what = tools.length === 0 ? 'everything' : tools.join(', ');
      if (!(await confirm(`Accept ${what} of ${namespace}?`))) throw new CliError('nothing was accepted');
    }
    const review = await api.accept(serviceId, tools, digest);
    if (output.json) output.value(review);
    else printReview(output, review);
    return ExitCode.done;
  },
};
