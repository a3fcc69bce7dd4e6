import type { Execve } from './daemon/hide-token.ts';
import { runDaemon } from './daemon/run-daemon.ts';
import { runProgram } from './programs/run-program.ts';

const { execve } = process as NodeJS.Process & { execve?: Execve };

await runProgram((context) => runDaemon({ ...context, execve: execve?.bind(process) }));
