import { Descriptor } from './descriptor.ts';
import { DirectoryEntryStream } from './file-streams.ts';
import { OpenFiles } from './open-files.ts';
import type { GrantedFolder } from './wasi-grants.ts';

type Members = Readonly<Record<string, unknown>>;

export interface Filesystem {
  readonly types: Members;
  readonly preopens: Members;
  /** Closes every file that the instance left open. */
  end(): void;
}

/** Returns the interfaces of `wasi:filesystem` for granted folders. Without one the component sees no file. */
export function filesystem(folders: readonly GrantedFolder[]): Filesystem {
  const files = new OpenFiles();
  return {
    types: { Descriptor, DirectoryEntryStream, filesystemErrorCode: () => undefined },
    preopens: {
      getDirectories: () =>
        folders.map(({ path, guest, access }) => [Descriptor.ofFolder(path, access === 'rw', files), guest]),
    },
    end: () => {
      files.closeAll();
    },
  };
}
