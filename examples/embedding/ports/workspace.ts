import { ClarityError } from '@clarity-runtime/core';
import type { Workspace } from '@clarity-runtime/core/ports';

/** A workspace whose files are rows of a database, here a map from relative path to text. It is read-only. */
export function storedWorkspace(files: ReadonlyMap<string, string>): Workspace {
  const textOf = (path: string): string => {
    const text = files.get(path);
    if (text === undefined) throw new ClarityError('PATH_FORBIDDEN', `${path} is not a stored file`);
    return text;
  };
  const reject = (): never => {
    throw new ClarityError('PATH_FORBIDDEN', 'the workspace is read-only');
  };
  return {
    root: '/stored',
    locate: async (path) => Promise.resolve(textOf(path)).then(() => `/stored/${path}`),
    sources: ({ limit }) => {
      const found = [...files.keys()].filter((path) => path.endsWith('.clarity')).sort();
      return Promise.resolve({ total: found.length, files: found.slice(0, limit) });
    },
    excerpt: async (path, maxChars) => Promise.resolve(textOf(path).slice(0, maxChars)),
    scaffold: async () => Promise.resolve(reject()),
  };
}
