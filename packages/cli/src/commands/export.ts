import type { Manifest } from '@clarity-runtime/core';
import { ExitCode } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';

/** Placeholder of the daemon for the value of an environment variable. */
const HIDDEN = '"value":"***"';
const note = 'values of environment variables are replaced by ***; `apply` to the same daemon keeps the stored values';

/** Prints JSON on a terminal too, because the output is meant for a file. With `-o yaml` it is a `clarity.yaml`. */
export const exportCommand: Command = {
  syntax: 'export',
  describe: 'print all services for `apply -f`: manifests, or with -o yaml a clarity.yaml',
  run: async (_given, { api, output }) => {
    const isFile = output.format.kind === 'yaml';
    const { items } = await api.services();
    const services = [];
    for (const { serviceId } of items) services.push((await api.service(serviceId)).service);
    const manifests = services.map(({ manifest }) => manifest);
    if (JSON.stringify(manifests).includes(HIDDEN)) output.note(note);
    if (!isFile) output.value({ items: manifests });
    else {
      const { exportedFile } = await import('../declarations/exported-file.ts');
      const named = services.map(({ namespace, manifest }) => ({
        namespace,
        manifest: manifest as unknown as Manifest,
      }));
      output.value(exportedFile(named, (await api.policies()).items));
    }
    return ExitCode.done;
  },
};
