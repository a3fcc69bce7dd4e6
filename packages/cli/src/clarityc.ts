import { runCompiler } from './compiler-program.ts';
import { runProgram } from './program.ts';

await runProgram(runCompiler);
