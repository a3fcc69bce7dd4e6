// Checks a name against the conventions of CONTRIBUTING.md. Exits with 1 and the rule when the name breaks it.
//
//   node scripts/github/check-names.mjs branch <name>    the head branch of a pull request
//   node scripts/github/check-names.mjs title <title>    its title, which the squash merge makes the commit message
//   node scripts/github/check-names.mjs tag <tag>        a release tag: `v` and the version of lerna.json
import console from 'node:console';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';

const OUTCOME = '[a-z0-9]+(?:-[a-z0-9]+)*';
const BRANCH = new RegExp(`^(?:(?:result|hotfix|codex)/${OUTCOME}|dependabot/[\\w./@-]+|release-please--[\\w./-]+)$`);
const TITLE = /^(?:feat|fix|chore|docs|refactor|perf|test|build|ci|style|revert)(?:\([a-z0-9][a-z0-9-]*\))?!?: \S/;

const rules = {
  branch: (name) =>
    BRANCH.test(name)
      ? undefined
      : 'a branch is named result/<outcome>, hotfix/<outcome> or codex/<outcome>, with the outcome in lower case and hyphens: result/call-tools-from-the-terminal',
  title: (name) =>
    TITLE.test(name)
      ? undefined
      : 'a title begins with feat:, fix:, chore:, docs: or refactor: (a scope in brackets is allowed): fix(gateway): accept null params in notifications',
  tag: (name) => {
    const { version } = JSON.parse(readFileSync(new URL('../../lerna.json', import.meta.url), 'utf8'));
    return name === `v${version}` ? undefined : `the tag of this commit is v${version}`;
  },
};

const [kind = '', name = ''] = process.argv.slice(2);
if (!Object.hasOwn(rules, kind)) {
  console.error(`usage: check-names.mjs <${Object.keys(rules).join('|')}> <name>`);
  process.exitCode = 2;
} else {
  const broken = rules[kind](name);
  if (broken !== undefined) {
    console.error(`${kind} ${JSON.stringify(name)}: ${broken}`);
    process.exitCode = 1;
  }
}
