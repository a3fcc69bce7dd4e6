import { runCtl } from './programs/clarityctl-program.ts';
import { runProgram } from './programs/run-program.ts';

await runProgram(runCtl);
