import { runCompiler } from './programs/clarityc-program.ts';
import { runProgram } from './programs/run-program.ts';

await runProgram(runCompiler);
