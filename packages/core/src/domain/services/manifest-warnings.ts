import { placeholdersOf } from '../text/placeholders.ts';
import type { Manifest } from './manifest.ts';

const MAX_WARNINGS = 20;
const MAX_DEPTH = 16;
/** `${NAME}` and `${NAME:-default}`, as shells and other products write them. */
const SHELL_FORM = /^([A-Za-z_][A-Za-z0-9_]*)(?::?-|$)/;
/** `<YOUR_TOKEN>` and `YOUR_API_KEY`, as manuals write a value that the reader replaces. */
const MANUAL_FORM = /^(?:<[A-Za-z][\w -]{1,60}>|(?:YOUR|INSERT|ENTER|REPLACE)[_-][A-Z0-9_-]{1,60})$/;

/**
 * Returns a sentence for each `${…}` of the origin that no start expands, and for each value of a manual such as
 * `<YOUR_TOKEN>`. The default of a placeholder is not shown, because it may be a secret.
 */
export function placeholderWarnings({ spec: { origin } }: Pick<Manifest, 'spec'>): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown, field: string, depth: number): void => {
    if (typeof value === 'string') {
      if (field.endsWith('.value') && MANUAL_FORM.test(value))
        found.push(`${field} is a placeholder: write the value itself`);
      for (const { scheme, target } of placeholdersOf(value)) {
        if (scheme === undefined) found.push(`${field} ${adviceFor(target)}`);
      }
    } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
      const isList = Array.isArray(value);
      for (const [key, member] of Object.entries(value)) {
        visit(member, isList ? `${field}[${key}]` : `${field}.${key}`, depth + 1);
      }
    }
  };
  visit(origin, 'spec.origin', 0);
  return found.slice(0, MAX_WARNINGS);
}

function adviceFor(target: string): string {
  const [, name] = SHELL_FORM.exec(target) ?? [];
  const expanded = '${env:NAME} and ${secret:REF} are expanded';
  if (name === undefined) return `has a placeholder that is passed as written; ${expanded}`;
  return `has the placeholder \${${name}}, which is passed as written; write \${env:${name}} to expand it`;
}
