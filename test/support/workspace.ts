import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const repository = fileURLToPath(new URL('../../', import.meta.url));

/** A temporary folder for a daemon and its clients. */
export interface Workspace extends AsyncDisposable {
  readonly path: string;
  /** Writes a file below the folder and returns its absolute path. */
  write(path: string, text: string): Promise<string>;
  /** Copies an example of the repository to the same path below the folder. */
  example(name: string): Promise<void>;
}

export async function temporaryWorkspace(): Promise<Workspace> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'clarity-e2e-')));
  return {
    path,
    write: async (name, text) => {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      return file;
    },
    example: (name) => cp(join(repository, 'examples', name), join(path, 'examples', name), { recursive: true }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
