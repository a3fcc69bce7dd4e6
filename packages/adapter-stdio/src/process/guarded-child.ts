import { spawn } from 'node:child_process';
import { endOf, spawned } from './child-end.ts';
import { signalGroup } from './process-group.ts';
import type { ChildSpec, GuardedChild } from './process-system.ts';

/**
 * The shell starts a watcher that waits for the end of the pipe on descriptor 3. Then it replaces itself with the program, so
 * the program keeps the process id of the shell and leads the process group. Only the daemon has the other end of the pipe:
 * when the daemon ends for any reason, the watcher ends the group, and on Linux every process with the mark of the child.
 * The shell does not parse the name or the arguments.
 */
const GUARD = `( ( trap '' TERM HUP INT; read -r _ <&3; kill -s TERM -- -$$; sleep 1
[ -r /proc/self/stat ] && read -r self _ </proc/self/stat && for f in $(grep -lsazxF "CLARITY_BOOT_ID=$CLARITY_BOOT_ID" /proc/[0-9]*/environ)
do p=\${f#/proc/}; p=\${p%/environ}; [ "$p" = "$self" ] || kill -s KILL "$p"; done
kill -s KILL -- -$$ ) </dev/null >/dev/null 2>&1 & )
`;
const BECOME = `exec "$@" 3<&-`;

/** Starts a program in a new process group. Rejects when the shell cannot start; a program that cannot run exits with 126 or 127. */
export async function startGuarded({ program, args, cwd, env, limits = '' }: ChildSpec): Promise<GuardedChild> {
  const child = spawn('/bin/sh', ['-c', GUARD + limits + BECOME, 'clarity-guard', program, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const pid = await spawned(child);
  const { stdin, stdout, stderr } = child;
  return {
    pid,
    stdin,
    stdout,
    stderr,
    // The watcher is in the group after the end of the program, so the system has not reused the id of the group.
    ended: endOf(child, () => signalGroup(pid, 'SIGKILL')),
    kill: (signal) => {
      signalGroup(pid, signal);
    },
  };
}
