import { ExitCode } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';

/** Placeholder of the daemon for the value of an environment variable. */
const HIDDEN = '"value":"***"';
const note = 'values of environment variables are replaced by ***; `apply` to the same daemon keeps the stored values';

/** Prints JSON on a terminal too, because the output is meant for a file. */
export const exportCommand: Command = {
  syntax: 'export',
  describe: 'print the manifests of all services for `apply -f`',
  run: async (_given, { api, output }) => {
    const { items } = await api.services();
    const manifests = [];
    for (const { serviceId } of items) manifests.push((await api.service(serviceId)).service.manifest);
    if (JSON.stringify(manifests).includes(HIDDEN)) output.note(note);
    output.value({ items: manifests });
    return ExitCode.done;
  },
};
