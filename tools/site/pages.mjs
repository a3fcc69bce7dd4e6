import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** Groups of the sidebar in their order: title and the pages below it. */
const GROUPS = [
  ['Tutorials', (path) => path.startsWith('docs/tutorials/')],
  ['Guides', (path) => path.startsWith('docs/guides/')],
  ['Reference', (path) => path.startsWith('docs/reference/') || path === 'schemas/README.md'],
  ['Errors', (path) => path.startsWith('docs/errors/')],
  ['Examples', (path) => path.startsWith('examples/')],
  ['Design', (path) => /^docs\/(architecture|spec\/|requirements\/|security\/)/.test(path)],
  ['Decisions', (path) => path.startsWith('docs/decisions/')],
  ['Project', (path) => /^[A-Z_]+\.md$/.test(path) && path !== 'README.md'],
];

/** Returns the paths of all pages, relative to the repository. */
export function pagesOf(root) {
  const below = (folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
      .filter((path) => path.endsWith('.md') && !path.includes('node_modules/') && !path.includes('/.clarity/'));
  return [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...below('docs'),
    ...below('examples'),
    'schemas/README.md',
  ].sort();
}

export const titleOf = (text) => /^# (.+)$/m.exec(text)?.[1].replaceAll('`', '') ?? '';

/** Returns the first sentence of the first paragraph, without markup. */
export function summaryOf(text) {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '').split(/\n{2,}/);
  const paragraph = prose.find((part) => /^[A-Z`*[]/.test(part) && !part.startsWith('Generated from')) ?? '';
  return paragraph
    .replace(/^\*\*[^*]+\.\*\* /, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[*`]/g, '')
    .replaceAll('\n', ' ')
    .split(/(?<=\.)\s/, 1)[0];
}

/** Returns the address of a page: README.md is the index of its folder. */
export const addressOf = (path) => `/${path.replace(/(^|\/)README\.md$/, '$1index.md').replace(/(index)?\.md$/, '')}`;

export function sidebarOf(root, paths) {
  return GROUPS.map(([text, belongs]) => ({
    text,
    collapsed: text === 'Decisions' || text === 'Errors',
    items: paths
      .filter(belongs)
      .map((path) => ({ text: titleOf(readFileSync(join(root, path), 'utf8')), link: addressOf(path) })),
  })).filter(({ items }) => items.length > 0);
}

/**
 * Returns the text of a page for the site. Links between pages stay. A link to another file of the repository becomes its
 * name, because the site has no sources. Throws for a link to a file that does not exist.
 */
export function sitePage(root, path, pages) {
  const known = new Set(pages);
  return readFileSync(join(root, path), 'utf8').replaceAll(
    /(!?)\[((?:[^\]\\]|\\.)*)\]\((?!https?:|mailto:|#)([^)\s]+)\)/g,
    (whole, image, text, target) => {
      const [file, anchor] = target.split('#');
      const there = posix.normalize(posix.join(dirname(path), file)).replace(/\/$/, '');
      if (!existsSync(join(root, there))) throw new Error(`${path}: ${target} does not exist`);
      if (image !== '') return whole;
      const page = known.has(there) ? there : known.has(`${there}/README.md`) ? `${there}/README.md` : undefined;
      if (page === undefined) return text.startsWith('`') ? text : `${text} (\`${there}\`)`;
      return `[${text}](${addressOf(page)}${anchor === undefined ? '' : `#${anchor}`})`;
    },
  );
}
