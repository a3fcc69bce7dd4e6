import { runCtl } from './ctl.ts';
import { runProgram } from './program.ts';

await runProgram(runCtl);
