import { runDaemon } from './daemon/run-daemon.ts';
import { runProgram } from './programs/run-program.ts';

await runProgram(runDaemon);
