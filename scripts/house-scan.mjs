// Reads the repository for house.mjs: files, comments, strings, imports, and groups of folders that reach each other.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.git', '.nx', '.clarity']);

/** Returns the paths of all files below `folder`, relative to `root`. Returns an empty list if the folder does not exist. */
export function listFiles(root, folder) {
  const found = [];
  const visit = (path) => {
    if (!existsSync(join(root, path))) return;
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      if (SKIPPED.has(entry.name)) continue;
      if (entry.isDirectory()) visit(`${path}/${entry.name}`);
      else found.push(`${path}/${entry.name}`);
    }
  };
  visit(folder);
  return found.sort();
}

export const readText = (root, path) => readFileSync(join(root, path), 'utf8');
export const lineAt = (text, offset) => text.slice(0, offset).split('\n').length;
export const lineCount = (text) => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

const BEFORE_REGEX =
  /(?:^|[=(,:[!&|?{};+\-*%<>~^\n]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await))\s*$/;
const REGEX = /^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/;
const QUOTED = /^(['"])((?:\\.|(?!\1)[^\\\n])*)\1/;

/**
 * Splits a TypeScript or JavaScript source. Returns `comments` and `strings` as `{ start, value }` with offsets into the
 * text, and `code`: the text with comments blanked and each string as `"<index in strings>"`. A quote that is not closed
 * on its line (JSX text) is skipped.
 */
export function scan(text) {
  const comments = [];
  const strings = [];
  const braces = [];
  let code = '';
  let i = 0;
  const addString = (start, value) => {
    code += `"${String(strings.length)}"`;
    strings.push({ start, value });
  };
  /** Reads a part of a template: from after a backtick or a closing brace to the next expression or the end. */
  const scanTemplate = (start) => {
    let value = '';
    for (; i < text.length; i += 1) {
      if (text[i] === '`' || text.startsWith('${', i)) break;
      value += text[i];
      if (text[i] === '\\') value += text[(i += 1)] ?? '';
    }
    addString(start, value);
    if (text[i] === '$') {
      code += '+(';
      braces.push('template');
      i += 2;
    } else i += 1;
  };
  const scanComment = () => {
    const isBlock = text[i + 1] === '*';
    const close = text.indexOf(isBlock ? '*/' : '\n', i + 2);
    const end = close < 0 ? text.length : close + (isBlock ? 2 : 0);
    comments.push({ start: i, value: text.slice(i, end) });
    code += text.slice(i, end).replace(/[^\n]/g, ' ');
    i = end;
  };
  const scanQuoted = () => {
    const literal = QUOTED.exec(text.slice(i));
    if (literal === null) code += ' ';
    else addString(i, literal[2]);
    i += literal?.[0].length ?? 1;
  };
  while (i < text.length) {
    const at = text[i];
    if (text.startsWith('//', i) || text.startsWith('/*', i)) scanComment();
    else if (at === '/' && BEFORE_REGEX.test(code.slice(-12))) {
      const literal = REGEX.exec(text.slice(i))?.[0] ?? '/';
      code += literal.length === 1 ? '/' : '0';
      i += literal.length;
    } else if (at === "'" || at === '"') scanQuoted();
    else if (at === '`' || (at === '}' && braces.at(-1) === 'template')) {
      if (at === '}') {
        braces.pop();
        code += ')+';
      }
      i += 1;
      scanTemplate(i - 1);
    } else {
      if (at === '{') braces.push('code');
      if (at === '}') braces.pop();
      code += at;
      i += 1;
    }
  }
  return { comments, strings, code };
}

/** Returns relative imports and re-exports between sources as `{ from, to }`. `scans` maps a path to its scan. */
export function importsOf(scans) {
  const found = [];
  for (const [from, { code, strings }] of scans) {
    for (const [, index] of code.matchAll(/\b(?:from|import)\s*\(?\s*"(\d+)"/g)) {
      const { value } = strings[Number(index)];
      if (!value.startsWith('.')) continue;
      const path = posix.normalize(posix.join(dirname(from), value));
      const to = [path, `${path}.ts`, `${path}.tsx`, path.replace(/\.js$/, '.ts'), `${path}/index.ts`].find(
        (candidate) => scans.has(candidate),
      );
      if (to !== undefined && to !== from) found.push({ from, to });
    }
  }
  return found;
}

/** Returns groups of nodes that reach each other (Tarjan). `next` maps a node to its successors. */
export function groupsOf(next) {
  const order = new Map();
  const low = new Map();
  const stack = [];
  const groups = [];
  const visit = (node) => {
    order.set(node, order.size);
    low.set(node, order.get(node));
    stack.push(node);
    for (const other of next.get(node) ?? []) {
      if (!order.has(other)) visit(other);
      if (stack.includes(other)) low.set(node, Math.min(low.get(node), low.get(other)));
    }
    if (low.get(node) !== order.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1) groups.push(group.sort());
  };
  for (const node of next.keys()) if (!order.has(node)) visit(node);
  return groups;
}
