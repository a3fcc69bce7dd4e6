import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadComponentPackage } from '../composition/component-package.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { CliError, ExitCode } from '../support/cli-error.ts';
import { messageOf } from '../support/error-text.ts';

const MAX_DESCRIPTION = 120;

/** Shows the tools of a component, its imports and the capabilities that they need, without running it. */
export async function inspectModule({ cwd, output }: CommandContext, file: string): Promise<number> {
  const bytes = await readFile(resolve(cwd, file)).catch((error: unknown) => {
    throw new CliError(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  });
  if (bytes[6] !== 1 || bytes[7] !== 0) {
    throw new CliError(`${file} is not a component`, {
      hint: `a core module has no types; register it: clarityctl add ${file} --no-start`,
    });
  }
  const transpiler = await loadComponentPackage();
  const contents = await transpiler.inspect(bytes, AbortSignal.timeout(60_000));
  if (output.json) {
    output.value(contents);
    return ExitCode.done;
  }
  const { functions, leftOut, imports, grants, denied } = contents;
  output.table(
    ['FUNCTION', 'ARGUMENTS'],
    functions.map(({ name, inputSchema }) => [
      name,
      Object.keys(inputSchema.properties ?? {})
        .join(', ')
        .slice(0, MAX_DESCRIPTION),
    ]),
  );
  for (const { name, reason } of leftOut) output.line(`left out: ${name} (${reason})`);
  output.line(`imports: ${imports.length === 0 ? 'none' : imports.join(', ')}`);
  if (grants.length > 0) output.line(`capabilities that it can use: ${grants.join(', ')}`);
  if (denied.length > 0) output.line(`imports that nothing grants: ${denied.join(', ')}`);
  return ExitCode.done;
}
