import { ClarityError } from '@clarity-runtime/core';

/** Characters that neither cmd.exe nor a program reads as more than themselves. */
const PLAIN = /^[A-Za-z0-9#$*+\-./:?@\\_]+$/;

/**
 * Returns the arguments of `cmd.exe`, to be passed verbatim, that run a batch file with arguments. No argument can end its quotes
 * or expand a variable:
 * - `"` is doubled, so that the quotes of cmd.exe and those of the program both continue;
 * - `%` becomes `%%cd:~,%`, whose second part expands to nothing, because cmd.exe has no escape for `%` on a command line;
 * - `/v:off` leaves `!` as it is, `/d` skips AutoRun, and `/e:on` is needed for the expansion above.
 * A null character or a line break has no safe form.
 * @throws ClarityError PROCESS_START_FAILED for an argument with one of these.
 */
export function batchArguments(script: string, args: readonly string[]): readonly string[] {
  const line = [script, ...args].map((text, at) => quoted(text, at === 0)).join(' ');
  return ['/e:on', '/v:off', '/d', '/s', '/c', `"${line}"`];
}

function quoted(text: string, isScript: boolean): string {
  if (/[\0\r\n]/.test(text)) {
    throw new ClarityError('PROCESS_START_FAILED', 'a batch file cannot receive an argument with a line break', {
      field: 'spec.origin.args',
      hint: 'set spec.origin.command to the program that the batch file starts',
    });
  }
  if (!isScript && PLAIN.test(text) && !text.endsWith('\\')) return text;
  // A program reads backslashes before a quote in pairs (CommandLineToArgvW), also before the last one.
  let inner = '';
  let slashes = 0;
  for (const unit of text) {
    if (unit === '"') inner += '\\'.repeat(slashes);
    slashes = unit === '\\' ? slashes + 1 : 0;
    inner += UNITS[unit] ?? unit;
  }
  return `"${inner}${'\\'.repeat(slashes)}"`;
}

const UNITS: Readonly<Record<string, string>> = { '"': '""', '%': '%%cd:~,%' };
