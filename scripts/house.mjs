#!/usr/bin/env node
// Checks the structure and the language of this repository.
//
//   node scripts/house.mjs [folder] [--all] [--json] [--strict] [--budget=twins:8]
//
// Prints the findings by section, and one summary line on stderr. --all prints every finding, --json prints JSON.
// With --strict the exit code is 1 if a section has more findings than its budget. The default budget is 0.
// The section `small` is a list to review and has an unlimited budget.
import console from 'node:console';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { groupsOf, importsOf, lineAt, lineCount, listFiles, readText, scan } from './house-scan.mjs';
import layers from './layers.cjs';

const { LAYERS } = layers;
const MAX_LINES = 250;
const SMALL_LINES = 45;

/** Banned words of comments, prose strings, test titles and documents: name, pattern, replacement. */
const WORDS = [
  ['stands', /\b(stand|stands|standing|stood)\b(?!-)/gi, 'is in, is at, applies'],
  [
    'is no',
    /\b(is|are|was|were|be) (no|none)\b(?! longer| more than| fewer than| later than)/gi,
    'is not a, does not exist, without',
  ],
  ['nobody', /\b(nobody|somebody|anybody|everybody|whoever|whomever)\b/gi, 'the caller, the client, no client'],
  ['what/who as subject', /(?:^|[.;!?]\s+)(What|Who|Whose)\b[^.?!]*(?:[.!]|$)/gm, 'name the thing'],
  ['mend', /\b(mend|mends|mended|mending)\b/gi, 'fix, repair, remedy, hint'],
  ['tell of', /\b(tells?|told|hears?|heard) of\b/gi, 'reports, is notified of'],
  ['anew', /\banew\b/gi, 'again'],
  ['road', /\broads?\b/gi, 'pipeline, path, connection'],
  ['for one', /\bfor one(?=\s*(?:[.,;:)]|$))/gi, 'for example'],
  ['archaic', /\b(spelt|whilst|lest|thereby|hereby|herein|wherein|whereby|ought)\b/gi, 'plain words'],
  ['filler', /\b(simply|seamless(?:ly)?|effortless(?:ly)?|powerful|blazing(?:ly)?|just works)\b/gi, 'leave it out'],
];

const args = process.argv.slice(2);
const root = args.find((arg) => !arg.startsWith('--')) ?? '.';
const shownCount = args.includes('--all') ? Infinity : 12;
const budgetText = args.find((arg) => arg.startsWith('--budget='))?.slice('--budget='.length) ?? '';
const budgets = new Map(budgetText.split(',').map((pair) => pair.split(':')));

const packageFiles = listFiles(root, 'packages');
const otherFiles = ['test', 'tools', 'examples', 'bench', 'scripts'].flatMap((folder) => listFiles(root, folder));
const sources = new Map(
  packageFiles
    .filter((path) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(path))
    .map((path) => [path, readText(root, path)]),
);
const scans = new Map([...sources].map(([path, text]) => [path, scan(text)]));
const imports = importsOf(scans);
const short = (path) => path.replace(/^packages\//, '').replace(/\/src(\/|$)/, ' /');

/** Returns every pair of folders of one package with an import from the first to the second. */
function folderArrows() {
  const arrows = new Map();
  for (const { from, to } of imports) {
    const [a, b] = [dirname(from), dirname(to)];
    if (a === b || a.split('/')[1] !== b.split('/')[1]) continue;
    const arrow = arrows.get(`${a} ${b}`) ?? { a, b, ties: new Set() };
    arrow.ties.add(`${basename(from)} → ${basename(to)}`);
    arrows.set(`${a} ${b}`, arrow);
  }
  return [...arrows.values()];
}
const arrows = folderArrows();
const arrowText = ({ a, b, ties }) => {
  const [first, ...more] = ties;
  return `${short(a)} → ${short(b)}: ${first}${more.length > 0 ? ` and ${String(more.length)} more` : ''}`;
};

function findCircles() {
  const next = new Map();
  for (const { a, b } of arrows) next.set(a, [...(next.get(a) ?? []), b]);
  return groupsOf(next).map((group) => {
    const ties = arrows.filter(({ a, b }) => group.includes(a) && group.includes(b) && next.get(b)?.includes(a));
    return [group.map(short).join(' ⇄ '), ...ties.map((arrow) => `    ${arrowText(arrow)}`)].join('\n');
  });
}

const unplaced = new Set();

/** Whether the arrow points up or sideways by the table, or from a folder to loose files of a folder above it. */
function isUpward({ a, b }) {
  if (a.startsWith(`${b}/`)) return true;
  const base = Object.keys(LAYERS)
    .map((key) => `packages/${key}`)
    .filter((key) => a.startsWith(`${key}/`) && b.startsWith(`${key}/`))
    .sort((x, y) => y.length - x.length)[0];
  if (base === undefined) return false;
  const [from, to] = [a, b].map((folder) => {
    const room = folder.slice(base.length + 1).split('/')[0];
    const row = LAYERS[base.slice('packages/'.length)].findIndex((line) => line.split(' ').includes(room));
    if (row < 0) unplaced.add(short(`${base}/${room}`));
    return { room, row };
  });
  return from.room !== to.room && from.row >= 0 && to.row >= 0 && from.row <= to.row;
}

const TEXT_FILE =
  /^(packages\/[^/]+\/(src|test|bin)\/|(test|tools|examples|bench|scripts)\/).*\.(ts|tsx|js|mjs|css|html|clarity)$/;
const findLong = () =>
  [...packageFiles, ...otherFiles]
    .filter((path) => TEXT_FILE.test(path))
    .map((path) => ({ path, lines: lineCount(readText(root, path)) }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path}: ${String(lines)} lines`);

function findSmall() {
  const importers = new Map();
  for (const { from, to } of imports) importers.set(to, (importers.get(to) ?? new Set()).add(from));
  return [...sources].flatMap(([path, text]) => {
    const [importer, ...others] = importers.get(path) ?? [];
    const isAlone = importer !== undefined && others.length === 0 && dirname(importer) === dirname(path);
    if (!isAlone || lineCount(text) > SMALL_LINES) return [];
    return [`${path}: ${String(lineCount(text))} lines, only ${basename(importer)} imports it`];
  });
}

function findTwins() {
  const declared = new Map();
  for (const [path, { code }] of scans) {
    for (const [, name] of code.matchAll(/^export (?:declare |abstract )*(?:interface|type|class|enum) (\w+)/gm)) {
      declared.set(name, [...(declared.get(name) ?? []), short(path)]);
    }
  }
  return [...declared]
    .filter(([, paths]) => paths.length > 1)
    .map(([name, paths]) => `${name}: ${paths.join(', ')}`)
    .sort();
}

const TITLE = /(?:\b(?:test|it|describe)(?:\.\w+)*\s*\(|[\])]\s*\)\s*\(|\w\)\s*\()\s*"(\d+)"/g;
const isProse = (value) => /[A-Za-z]{2,} [A-Za-z']+/.test(value);
const blank = (part) => part.replace(/[^\n]/g, ' ');
/** Returns the comment with blanked marks and a line feed before its first word. Offsets do not change. */
const withoutMarks = (comment) =>
  comment
    .replace(/^\/\*\*?|\*\/$|^\/\//g, blank)
    .replace(/\n\s*\*(?!\/)/g, (mark) => `\n${blank(mark.slice(1))}`)
    .replace(/^( *) /, '$1\n');

const wordCounts = new Map();
function findWords() {
  const found = [];
  const look = (path, text, offset, value) => {
    for (const [name, pattern, instead] of WORDS) {
      for (const { index } of value.replace(/^\s+(?=\S)/, (lead) => `${lead.slice(1)}\n`).matchAll(pattern)) {
        wordCounts.set(name, (wordCounts.get(name) ?? 0) + 1);
        const excerpt = value
          .slice(Math.max(0, index - 25), index + 45)
          .replace(/\s+/g, ' ')
          .trim();
        found.push(`${path}:${String(lineAt(text, offset + index + 1))}: ${name} (use: ${instead}): ${excerpt}`);
      }
    }
  };
  for (const path of [...packageFiles, ...otherFiles].filter((file) => /(?<!\.d)\.(ts|tsx|mjs)$/.test(file))) {
    const text = readText(root, path);
    const { comments, strings, code } = scans.get(path) ?? scan(text);
    for (const { start, value } of comments) look(path, text, start, withoutMarks(value));
    const titles = [...code.matchAll(TITLE)].map(([, index]) => strings[Number(index)]);
    const checked = sources.has(path) ? strings : /\.test\.tsx?$/.test(path) ? titles : [];
    for (const { start, value } of checked) if (isProse(value)) look(path, text, start + 1, value);
    if (!path.endsWith('.tsx')) continue;
    for (const { 1: value, index } of text.matchAll(/>([^<>{}="]*[a-z] [a-z][^<>{}="]*)</g))
      look(path, text, index + 1, value);
  }
  const documents = [
    ...packageFiles,
    ...otherFiles,
    ...listFiles(root, 'docs'),
    ...listFiles(root, 'schemas'),
    'README.md',
  ];
  for (const path of documents.filter((file) => file.endsWith('.md') && existsSync(join(root, file)))) {
    const text = readText(root, path);
    look(path, text, 0, text.replace(/```[^]*?```|``[^\n]*?``|`[^`\n]*`|\]\([^)\s]*\)/g, blank));
  }
  return found;
}

/** A unit test has the path `test/<path of its source>[.<aspect>].test.ts`. The other tests are in `integration/` and `security/`. */
const tests = packageFiles.filter((path) => /\/test\/.*\.(test|test-d)\.tsx?$/.test(path));
const hasSource = (path) => {
  const stem = path.replace('/test/', '/src/').replace(/\.(test|test-d)\.tsx?$/, '');
  return [stem, stem.replace(/(\.[a-z0-9-]+)+$/, '')].some(
    (base) => sources.has(`${base}.ts`) || sources.has(`${base}.tsx`),
  );
};
const unmatched = tests.filter((path) => !hasSource(path) && !/\/test\/(integration|security)\//.test(path));

const upward = arrows.filter(isUpward).map(arrowText);
const sections = [
  ['circles', 'Folder circles', findCircles()],
  ['arrows', 'Arrows against the layer order', upward],
  ['rooms', 'Rooms without a place in the layer order', [...unplaced].sort()],
  ['long', `Files over ${String(MAX_LINES)} lines`, findLong()],
  ['twins', 'Type names declared in more than one file', findTwins()],
  ['words', 'Banned words', findWords()],
  ['tests', 'Tests without a source of the same path', unmatched],
  ['small', `To look at: files of at most ${String(SMALL_LINES)} lines with one importer in their folder`, findSmall()],
];
if (args.includes('--json'))
  console.log(JSON.stringify(Object.fromEntries(sections.map(([id, , found]) => [id, found])), null, 2));
else {
  for (const [id, title, found] of sections) {
    console.log(`\n${title} (${id}): ${String(found.length)}`);
    for (const line of found.slice(0, shownCount)) console.log(`  ${line}`);
    if (found.length > shownCount) console.log(`  … ${String(found.length - shownCount)} more: --all`);
  }
  const byCount = [...wordCounts].sort(([, x], [, y]) => y - x);
  console.log(`\nBanned words by name: ${byCount.map(([name, count]) => `${name} ${String(count)}`).join(', ')}`);
}
const counts = sections.map(([id, , found]) => `${id} ${String(found.length)}`).join(' · ');
console.error(
  `house: ${String(sources.size)} sources · ${counts} · mirrored tests ${String(tests.length - unmatched.length)}/${String(tests.length)}`,
);
const isOver = sections.some(([id, , found]) => id !== 'small' && found.length > Number(budgets.get(id) ?? 0));
process.exitCode = args.includes('--strict') && isOver ? 1 : 0;
