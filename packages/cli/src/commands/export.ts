import { Exit } from '../problem.ts';
import type { Command } from './command.ts';

/** JSON on a terminal too: it is meant for a file. */
export const exportCommand: Command = {
  syntax: 'export',
  describe: 'print the manifests of all services, as `apply -f` takes them',
  run: async (_given, { api, output }) => {
    const { items } = await api.services();
    const manifests = [];
    for (const { serviceId } of items) manifests.push((await api.service(serviceId)).service.manifest);
    output.value({ items: manifests });
    return Exit.done;
  },
};
