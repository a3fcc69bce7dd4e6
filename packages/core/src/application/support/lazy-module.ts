import { programFailure } from '../../domain/errors/program-failure.ts';

/** A module that is loaded at its first use. */
export interface LazyModuleOptions<T> {
  readonly load: () => Promise<T>;
  /** Name of an export of the module. */
  readonly has: keyof T & string;
  /** Imports another URL of the module. Default: the import of Node.js. */
  readonly importUrl?: (url: string) => Promise<unknown>;
}

/**
 * Returns a function that loads a module at its first use. Node.js keeps a failed import until the process ends, so that a
 * shortage of descriptors during the first use would never pass: a file that could not be read is imported by another URL.
 * The repetition needs all other files of the module to be loaded, as in the bundled programs.
 * @throws ClarityError RESOURCE_EXHAUSTED when a file of the module cannot be read.
 */
export function lazyModule<T extends object>({
  load,
  has,
  importUrl = importOf,
}: LazyModuleOptions<T>): () => Promise<T> {
  let loaded: T | undefined;
  let attempt = 0;
  const again = async (failure: unknown): Promise<T> => {
    const reason = programFailure(failure);
    if (reason === failure) throw failure;
    attempt += 1;
    const { path } = failure as { readonly path?: unknown };
    const found = typeof path === 'string' ? await importUrl(urlOf(path, attempt)).catch(() => undefined) : undefined;
    if (typeof found === 'object' && found !== null && has in found) return found as T;
    throw reason;
  };
  return async () => (loaded ??= await load().catch(again));
}

// eslint-disable-next-line no-restricted-syntax -- the import of a module after its first failure
const importOf = (url: string): Promise<unknown> => import(url);

/** Core does not import `node:url`. `URL` escapes every other character of a path. */
function urlOf(path: string, attempt: number): string {
  const url = new URL('file:///');
  url.pathname = path.replaceAll('\\', '/').replaceAll('%', '%25');
  url.search = `again=${String(attempt)}`;
  return url.href;
}
