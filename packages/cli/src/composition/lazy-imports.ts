import type { ImportOperations } from '@clarity-runtime/adapter-http';
import { ImportJournal, trustFolders } from '@clarity-runtime/adapter-store-fs';
import type { DaemonImportsOptions } from '../client-imports/daemon-imports.ts';

/** Returns the imports of a daemon, whose code loads at the first request. The journal is that of `clarityctl import`. */
export function lazyImports(options: Omit<DaemonImportsOptions, 'journal'>): ImportOperations {
  let opened: Promise<ImportOperations> | undefined;
  const open = (): Promise<ImportOperations> =>
    (opened ??= import('../client-imports/daemon-imports.ts').then(({ DaemonImports }) => {
      const journal = new ImportJournal(trustFolders({ environment: options.env }).state);
      return new DaemonImports({ ...options, journal });
    }));
  return {
    plan: async (caller, query) => (await open()).plan(caller, query),
    run: async (caller, request) => (await open()).run(caller, request),
    undo: async (caller, id) => (await open()).undo(caller, id),
  };
}
