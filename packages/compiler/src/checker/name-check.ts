import type { Report } from '../diagnostics/report.ts';
import type { Name } from '../parser/syntax-tree.ts';

interface Names {
  has(name: string): boolean;
}

/** Returns true if a name can be declared. Reports a name that is reserved or already declared. */
export function isFree(report: Report, name: Name, taken: Names, reserved: Names, what: string): boolean {
  const { text, span } = name;
  if (reserved.has(text)) {
    const message = `\`${text}\` is a ${what} of the language`;
    report.error({ code: 'RESERVED_NAME', span, message, hint: 'use another name' });
    return false;
  }
  if (!taken.has(text)) return true;
  const message = `\`${text}\` is already declared as a ${what}`;
  report.error({ code: 'DUPLICATE_NAME', span, message, hint: 'rename or remove one of the two' });
  return false;
}
