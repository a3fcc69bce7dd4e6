import { basename } from 'node:path';
import { runCtl } from './programs/clarityctl-program.ts';
import { runProgram } from './programs/run-program.ts';

// `clarity-runtime` is the same program: `npx clarity-runtime` needs a program with the name of the package.
const name = basename(process.argv[1] ?? '', '.js') === 'clarity-runtime' ? 'clarity-runtime' : 'clarityctl';

await runProgram((surroundings) => runCtl(surroundings, name));
