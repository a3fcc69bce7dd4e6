import { dirname } from 'node:path';

/** Absolute paths without symbolic links. Every path exists. */
export interface SandboxPaths {
  /** Working folder of the child, which it may change. */
  readonly cwd: string;
  /** Further folders that the child may change: caches of package managers. */
  readonly writable: readonly string[];
  /** Folders that the child cannot read. */
  readonly hiddenFolders: readonly string[];
  /** Files that the child cannot read. */
  readonly hiddenFiles: readonly string[];
  /** Paths below temporary folders that the child can read. */
  readonly readable: readonly string[];
  /** Folder for temporary files of the child. */
  readonly temporary: string;
}

/** The program of the child with its arguments. */
export type CommandLine = readonly [string, ...string[]];

/** Below `/run` are the sockets of other programs. These parts have no socket, and name resolution needs them. */
const RUN_PARTS = ['/run/systemd/resolve', '/run/NetworkManager', '/run/resolvconf', '/run/current-system'];

/**
 * Returns a command that runs the child in a sandbox of bubblewrap: an own view of processes, a read-only file system except
 * its working folder and caches, an own `/tmp`, and neither the sockets below `/run` nor the hidden paths. The network is that
 * of the machine.
 */
export function bubblewrapCommand(bwrap: string, command: CommandLine, paths: SandboxPaths): CommandLine {
  const { cwd, writable, hiddenFolders, hiddenFiles, readable } = paths;
  const pair = (flag: string, list: readonly string[]): readonly string[] => list.flatMap((path) => [flag, path, path]);
  return [
    bwrap,
    ...['--unshare-pid', '--unshare-ipc', '--die-with-parent', '--cap-drop', 'ALL'],
    ...[cwd === '/' ? '--bind' : '--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
    ...['--tmpfs', '/tmp', '--tmpfs', '/run', ...pair('--ro-bind-try', RUN_PARTS), '--setenv', 'TMPDIR', '/tmp'],
    ...pair('--ro-bind-try', readable),
    // A mount hides earlier ones at and below its place, so the hidden paths come last.
    ...pair('--bind', outermost([...writable, ...(cwd === '/' ? [] : [cwd])])),
    ...outermost(hiddenFolders).flatMap((path) => ['--tmpfs', path]),
    ...hiddenFiles
      .filter((path) => !hiddenFolders.some((folder) => isInside(path, folder)))
      .flatMap((path) => ['--ro-bind', '/dev/null', path]),
    ...['--chdir', cwd, '--', ...command],
  ];
}

/**
 * Returns a command that runs the child with a profile of `sandbox-exec` of macOS: it may write its working folder, caches and
 * temporary files only, read no hidden path, and neither inspect nor signal other processes. The network is that of the machine.
 */
export function seatbeltCommand(sandboxExec: string, command: CommandLine, paths: SandboxPaths): CommandLine {
  const { cwd, writable, hiddenFolders, hiddenFiles, temporary } = paths;
  const subpaths = (list: readonly string[]): string => list.map((path) => `(subpath ${quoted(path)})`).join(' ');
  const hidden = [subpaths(hiddenFolders), ...hiddenFiles.map((path) => `(literal ${quoted(path)})`)].filter(Boolean);
  // The last rule that matches decides.
  const profile = [
    '(version 1)',
    '(allow default)',
    '(deny file-write*)',
    `(allow file-write* ${subpaths([cwd, temporary, ...writable])} (regex #"^/dev/(null|zero|tty.*|fd/.*)$"))`,
    ...(hidden.length === 0 ? [] : [`(deny file-read* file-write* ${hidden.join(' ')})`]),
    '(deny process-info* (target others))',
    '(deny signal (target others))',
    '(allow signal (target same-sandbox))',
  ].join('\n');
  return [sandboxExec, '-p', profile, ...command];
}

/** A text of the profile language (TinyScheme). */
const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Returns whether a path is a folder or below it. */
export const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

/** Returns the paths that are not below another one of the list. */
function outermost(list: readonly string[]): readonly string[] {
  const unique = [...new Set(list)];
  return unique.filter(
    (path) => path === '/' || !unique.some((other) => other !== path && isInside(dirname(path), other)),
  );
}
