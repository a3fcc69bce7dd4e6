// Checks tarballs with publint and with "are the types wrong". Prints each problem; exits with 1 when there is one.
//
//   node tools/packed/lint.mjs <tarball>…
import console from 'node:console';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/**
 * Node loads ES modules with `require` from 20.19, the oldest supported version. The resolution of Node 10 knows no `exports`, and
 * the package of the page has no module.
 */
const ACCEPTED = new Set(['CJSResolvesToESM']);
const isAccepted = ({ kind, resolutionKind, resolutionOption }) =>
  ACCEPTED.has(kind) || resolutionKind === 'node10' || resolutionOption === 'node10';

async function problemsOf(path) {
  const bytes = readFileSync(path);
  const { messages, pkg } = await publint({ pack: { tarball: arrayBufferOf(bytes) }, strict: true });
  const archive = createPackageFromTarballData(new Uint8Array(bytes));
  const { types, problems = [] } = await checkPackage(archive);
  return [
    ...messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`),
    ...(types === false ? [] : problems.filter((problem) => !isAccepted(problem))).map(
      (problem) => `attw: ${JSON.stringify(problem)}`,
    ),
  ];
}

const arrayBufferOf = ({ buffer, byteOffset, byteLength }) => buffer.slice(byteOffset, byteOffset + byteLength);

let count = 0;
for (const path of process.argv.slice(2)) {
  for (const problem of await problemsOf(path)) {
    count += 1;
    console.error(`${path}: ${problem}`);
  }
}
process.exitCode = count === 0 ? 0 : 1;
