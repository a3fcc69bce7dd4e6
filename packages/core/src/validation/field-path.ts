import { printable } from '../domain/text/safe-text.ts';

/** The path of a member or an entry: `spec.origin`, `spec.origin.env[0]`. The root is the empty path. */
export function childPath(path: string, child: string | number): string {
  if (typeof child === 'number') return `${path}[${String(child)}]`;
  return path === '' ? child : `${path}.${child}`;
}

/** From a JSON pointer; in a manifest only entries of lists have names that are numbers. */
export function pathOfPointer(pointer: string): string {
  let path = '';
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path = childPath(path, /^\d+$/.test(name) ? Number(name) : name);
  }
  return path;
}

/** As it may stand in a message: a caller chooses the names of unknown fields. */
export const displayed = (path: string): string => printable(path);
