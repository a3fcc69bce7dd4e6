import { ExitCode, CliError } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';

export const remove: Command = {
  syntax: 'remove <service>',
  aliases: ['rm'],
  describe: 'stop and delete a service',
  subject: SERVICE_SUBJECT,
  flags: {
    'cleanup-artifacts': { type: 'switch', describe: 'also delete its build files' },
    yes: { type: 'switch', alias: 'y', describe: 'skip the confirmation' },
  },
  run: async (given, { api, output, confirm }) => {
    const { serviceId, namespace } = await findService(api, given);
    const sure = given.has('yes') || confirm === undefined || (await confirm(`Remove ${namespace} (${serviceId})?`));
    if (!sure) throw new CliError('nothing was removed');
    const reply = await api.remove(serviceId, given.has('cleanup-artifacts'));
    if (output.json) output.value(reply);
    else output.line(`${namespace} (${serviceId}) is removed`);
    if (!output.json) for (const path of reply.removedFiles ?? []) output.line(`deleted ${path}`);
    for (const { path, reason } of reply.left ?? []) output.note(`note: ${path} was kept: ${reason}`);
    return ExitCode.done;
  },
};
