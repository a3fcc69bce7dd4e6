import { runDaemon } from './daemon/run-daemon.ts';
import { runProgram } from './program.ts';

await runProgram(runDaemon);
