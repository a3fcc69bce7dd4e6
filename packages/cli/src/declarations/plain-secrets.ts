import { looksSecret, type NamedPart } from '../additions/given-values.ts';
import { CliError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { ReadClarityFile } from './read-clarity-file.ts';

const PARTS = [
  ['env', 'env'],
  ['headers', 'header'],
  ['query', 'query'],
] as const satisfies readonly (readonly [member: string, part: NamedPart])[];

/** Returns the plain values of a file that look like secrets, as `service: env NAME`, without the values. */
export function plainSecrets({ file }: ReadClarityFile): readonly string[] {
  return Object.entries({ ...file.services, ...file.mcpServers }).flatMap(([service, entry]) =>
    PARTS.flatMap(([member, part]) =>
      Object.entries(Object((entry as Readonly<Record<string, unknown>>)[member]) as object).flatMap(([name, value]) =>
        typeof value === 'string' && looksSecret(part, name, value) ? [`${service}: ${part} ${name}`] : [],
      ),
    ),
  );
}

/**
 * Warns of plain values that look like secrets.
 * @throws CliError with all of them if `strict` is set.
 */
export function checkPlainSecrets({ output }: CommandContext, read: ReadClarityFile, strict: boolean): void {
  const found = plainSecrets(read);
  if (found.length === 0) return;
  const hint =
    'store each with `clarityctl auth set-secret file:<name> -` and write { secret: file:<name> } in its place';
  if (strict) {
    throw new CliError(`${read.from}: plain values that look like secrets: ${found.join('; ')}`, {
      hint,
      code: 'PLAIN_SECRETS',
    });
  }
  for (const place of found) output.note(`warning: ${read.from}: ${place} is a plain value that looks like a secret`);
  output.note(`hint: ${hint}`);
}
