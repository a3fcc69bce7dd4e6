import { ExitCode } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';

/** Where the daemon hides the value of a variable. */
const HIDDEN = '"value":"***"';
const note = 'values of variables are not shown (***): applied to this daemon again, they stay as they are';

/** JSON on a terminal too: it is meant for a file. */
export const exportCommand: Command = {
  syntax: 'export',
  describe: 'print the manifests of all services, as `apply -f` takes them',
  run: async (_given, { api, output }) => {
    const { items } = await api.services();
    const manifests = [];
    for (const { serviceId } of items) manifests.push((await api.service(serviceId)).service.manifest);
    if (JSON.stringify(manifests).includes(HIDDEN)) output.note(note);
    output.value({ items: manifests });
    return ExitCode.done;
  },
};
