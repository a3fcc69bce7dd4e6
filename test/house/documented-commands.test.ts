import { expect, test } from '@jest/globals';
import { readText, textsOf } from './workspace-files.ts';

/** Groups of commands whose first word is an action, which the help of the group names. */
const CAPTURE = 'packages/cli/test/integration/captures/help.txt';
const PAGES =
  /^(README|SECURITY|CONTRIBUTING)\.md$|^docs\/(guides|tutorials|errors|reference)\/.*\.md$|^docs\/comparison\.md$/;

/** Returns the commands of a page: program, command, and the rest of its line, from code spans and shell blocks. */
function commandsOf(text: string): readonly (readonly [command: string, rest: string])[] {
  const blocks = [...text.matchAll(/^```(?:sh|bash|console)\n([\s\S]*?)^```/gm)].map(([, body]) => body ?? '');
  const spans = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span ?? '');
  return [...blocks.join('\n').replaceAll('\\\n', ' ').split('\n'), ...spans].flatMap((line) =>
    [...line.replace(/\s#\s.*$/, '').matchAll(/\bclarityctl ((?:[a-z][a-z-]*))(?=$|[\s|;&)])([^|;&)]*)/g)].map(
      ([, command = '', rest = '']) => [command, rest.split(/\s--\s/, 1)[0] ?? ''] as const,
    ),
  );
}

test('each command of clarityctl in a document exists, with the flags that are named', async () => {
  const capture = await readText(CAPTURE);
  const help = new Map(
    [...capture.matchAll(/^\$ clarityctl (\S+) --help\n([\s\S]*?)(?=^\$ |(?![\s\S]))/gm)].map(
      ([, command = '', page = '']) => [command, page],
    ),
  );
  const unknown: string[] = [];
  let count = 0;
  for (const [path, text] of await textsOf(PAGES)) {
    for (const [command, rest] of commandsOf(text)) {
      count += 1;
      const page = help.get(command);
      const flags = [...rest.matchAll(/(?<=\s)--[a-z][a-z-]*/g)].map(([flag]) => flag);
      const missing = flags.filter((flag) => !(page ?? '').includes(flag) && flag !== '--help');
      if (page === undefined || missing.length > 0) unknown.push(`${path}: clarityctl ${command}${rest}`);
    }
  }
  expect(unknown).toEqual([]);
  expect(count).toBeGreaterThan(150);
});
