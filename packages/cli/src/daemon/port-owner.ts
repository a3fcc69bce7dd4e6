import { readdir, readFile, readlink } from 'node:fs/promises';

const LISTENING = '0A';

/** A process that listens on a port. */
export interface PortOwner {
  readonly pid: number;
  readonly name: string;
}

/**
 * Returns the process that listens on a TCP port, from the tables of Linux (proc_net(5)). Undefined on other systems, and
 * for processes of other users.
 */
export async function portOwner(port: number, proc = '/proc'): Promise<PortOwner | undefined> {
  const sockets = new Set(
    (await Promise.all(['tcp', 'tcp6'].map((name) => socketsOf(`${proc}/net/${name}`, port)))).flat(),
  );
  if (sockets.size === 0) return undefined;
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (!(await hasSocket(`${proc}/${pid}/fd`, sockets))) continue;
    const name = await readFile(`${proc}/${pid}/comm`, 'utf8').catch(() => '');
    return { pid: Number(pid), name: name.trim() };
  }
  return undefined;
}

async function socketsOf(path: string, port: number): Promise<readonly string[]> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return local?.endsWith(suffix) === true && state === LISTENING && inode !== undefined ? [`socket:[${inode}]`] : [];
  });
}

async function hasSocket(folder: string, sockets: ReadonlySet<string>): Promise<boolean> {
  for (const fd of await readdir(folder).catch(() => [])) {
    if (sockets.has(await readlink(`${folder}/${fd}`).catch(() => ''))) return true;
  }
  return false;
}
