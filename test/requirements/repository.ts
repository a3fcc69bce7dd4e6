import { promises } from './requirement.ts';

export const repository = [
  ...promises('Spec', {
    'docs.runtime-spec': 'docs/spec/v1/runtime-spec.md specifies the runtime.',
    'schema.manifest': 'schemas/mcp-service-v1.schema.json is the schema that manifests are held to.',
    'docs.layered-requirements':
      'docs/requirements/layered-runtime-requirements.md states the requirements layer by layer.',
  }),
  ...promises('CI/CD And GitHub', {
    'ci.build': '.github/workflows/build.yml checks branch name, build, lint, format and tests of a pull request.',
    'ci.snapshot': '.github/workflows/snapshot.yml packages every push to main.',
    'ci.snapshot.coverage': 'The snapshot is made only when the coverage gate holds, and is uploaded as an artifact.',
    'ci.release': '.github/workflows/release.yml builds, tests, measures coverage and packages a tag.',
    'ci.release.assets': 'A release carries its packages and their checksums as assets.',
    'ci.release-please':
      '.github/workflows/release-please.yml proposes version and changelog from the .release-please-*.json configuration.',
    'ci.dependency-review': '.github/workflows/dependency-review.yml reviews changed dependencies.',
    'ci.codeql': '.github/workflows/codeql.yml analyses the code.',
    'ci.secret-scan': '.github/workflows/secret-scan.yml looks for secrets.',
    'ci.dependabot': '.github/dependabot.yml keeps dependencies current.',
    'ci.codeowners': '.github/CODEOWNERS names who reviews.',
    'ci.pull-request-template': '.github/pull_request_template.md asks for behaviour and rationale.',
    'ci.issue-templates': '.github/ISSUE_TEMPLATE holds templates for issues.',
    'ci.labels-sync': '.github/workflows/labels-sync.yml keeps the labels in step.',
    'ci.labeler': '.github/workflows/labeler.yml labels by path as .github/labeler.yml says.',
    'ci.project':
      '.github/workflows/project-automation.yml adds to a project when GH_PROJECT_URL and ADD_TO_PROJECT_PAT are set.',
  }),
  ...promises('Required GitHub Settings', {
    'github.pull-requests': 'main changes only through pull requests.',
    'github.status-checks': 'Status checks must pass before a merge.',
    'github.up-to-date': 'A branch must be up to date before it is merged.',
    'github.linear-history': 'main has a linear history.',
    'github.squash': 'Merging squashes; merge commits are off.',
    'github.restrict-push': 'Who may push to main can be restricted.',
    'github.owner-review': 'The review of a code owner can be required.',
    'github.script': 'scripts/github/apply-branch-protection.sh <owner> <repo> applies the baseline.',
  }),
  ...promises('Commit/Release Convention', {
    'release.prefixes': 'feat, fix, chore, docs and refactor prefixes decide the next version.',
    'release.breaking': 'BREAKING CHANGE: in a commit body makes the next version a major one.',
  }),
  ...promises('Contributing', {
    'branch.result': 'result/<outcome> is a branch name.',
    'branch.hotfix': 'hotfix/<outcome> is a branch name.',
    'branch.codex': 'codex/<outcome> is a branch name.',
    'branch.dependabot': 'dependabot/* is allowed for automation.',
    'branch.checked': 'A pull request from a branch with another name fails.',
    'branch.trunk': 'main stays releasable; branches are short and come back to it.',
    'contributing.rationale': 'A pull request says what changes and why.',
  }),
];
