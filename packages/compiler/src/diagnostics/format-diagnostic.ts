import { replaceHiddenCharacters } from '@clarity-runtime/core/text';
import type { Diagnostic } from './diagnostic.ts';

/** Formats a finding as lines of plain text with the position underlined. Replaces control and format characters by `?`. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { severity, code, message, file, line, column, length, sourceLine, hint } = diagnostic;
  const number = line.toString();
  const margin = ' '.repeat(number.length);
  const shown = [
    `${severity}[${code}]: ${visible(message)}`,
    `${margin}--> ${visible(file)}:${number}:${column.toString()}`,
    `${margin} |`,
    `${number} | ${visible(sourceLine)}`,
    `${margin} | ${' '.repeat(Math.min(column - 1, sourceLine.length))}${'^'.repeat(length)}`,
  ];
  if (hint !== undefined) shown.push(`${margin} = hint: ${visible(hint)}`);
  return shown.join('\n');
}

/** Replaces tabs by one space, so that the underline is below its text. */
const visible = (text: string): string => replaceHiddenCharacters(text.replace(/\t/g, ' '), () => '?');
