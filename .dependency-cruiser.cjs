const { existsSync, readdirSync } = require('node:fs');
const { coreRules } = require('./scripts/core-rules.cjs');
const { layerRules } = require('./scripts/layers.cjs');

const manifests = readdirSync(`${__dirname}/packages`)
  .filter((folder) => existsSync(`${__dirname}/packages/${folder}/package.json`))
  .map((folder) => ({ folder, ...require(`./packages/${folder}/package.json`) }));

/** The cruiser cannot tell whether a workspace package was declared, so each manifest gives a rule. */
const declaredOnly = manifests.map(({ folder, dependencies = {}, devDependencies = {}, peerDependencies = {} }) => ({
  name: `${folder}-imports-what-it-declares`,
  severity: 'error',
  from: { path: `^packages/${folder}/src/` },
  to: {
    path: '^packages/',
    pathNot: manifests
      .filter(
        ({ name }) =>
          name in dependencies || name in peerDependencies || (folder === 'status-page' && name in devDependencies),
      )
      .map((other) => `^packages/${other.folder}/`)
      .concat(`^packages/${folder}/`),
  },
}));

const core = '^packages/core/src';
const doors = [
  '^packages/[^/]+/src/index\\.ts$',
  `${core}/(ports|memory|testing|protocol|audit-chain|registry)/index\\.ts$`,
  `${core}/(internal|text)\\.ts$`,
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...declaredOnly,
    ...layerRules(),
    {
      name: 'no-folder-circles',
      severity: 'error',
      scope: 'folder',
      from: { path: '^packages/[^/]+/src' },
      to: { circular: true },
    },
    {
      name: 'loose-files-are-doors',
      severity: 'error',
      comment: 'loose files of a folder with subfolders import inward, so no file below imports them',
      from: { path: '^(packages/[^/]+/src)/.+/[^/]+$' },
      to: { path: '^$1/[^/]+\\.tsx?$' },
    },
    {
      name: 'loose-files-are-doors-2',
      severity: 'error',
      from: { path: '^(packages/[^/]+/src/[^/]+)/.+/[^/]+$' },
      to: { path: '^$1/[^/]+\\.tsx?$' },
    },
    ...coreRules,
    {
      name: 'one-room-knows-tsyringe',
      severity: 'error',
      from: { path: '^packages/', pathNot: `${core}/composition/container\\.ts$` },
      to: { path: 'node_modules/(tsyringe|reflect-metadata)/' },
    },
    {
      name: 'one-package-knows-jco',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/adapter-component/' },
      to: { path: '(^|/)(node_modules/)?@bytecodealliance/' },
    },
    {
      name: 'front-doors-only',
      severity: 'error',
      comment: 'other packages import only what the exports map of a package names',
      from: { path: '^packages/([^/]+)/' },
      to: {
        path: '^packages/',
        pathNot: ['^packages/$1/', ...doors],
      },
    },
    {
      name: 'examples-and-scenarios-use-front-doors',
      severity: 'error',
      from: { path: '^(examples|test|tools)/', pathNot: '^test/house/' },
      to: {
        path: '^packages/',
        pathNot: doors,
      },
    },
    {
      name: 'internal-door-is-for-siblings',
      severity: 'error',
      comment: 'an example and a scenario show what an embedder can do',
      from: { path: '^(examples|test/e2e)/' },
      to: { path: `${core}/internal\\.ts$` },
    },
    {
      name: 'adapters-never-meet',
      severity: 'error',
      comment: 'an adapter imports core; the cli composes adapters, compiler and page',
      from: { path: '^packages/(adapter-[^/]+)/src/' },
      to: { path: '^packages/(adapter-|compiler|status-page|cli)', pathNot: ['^packages/$1/', '^packages/compiler/'] },
    },
    {
      name: 'only-toolchain-and-cli-compile',
      severity: 'error',
      from: { path: '^packages/(?!compiler|adapter-toolchain|cli)[^/]+/src/' },
      to: { path: '^packages/compiler/' },
    },
    {
      name: 'compiler-is-pure',
      severity: 'error',
      comment: 'the compiler maps text to bytes without I/O and imports only core',
      from: { path: '^packages/compiler/src/' },
      to: { path: '^packages/(adapter-|status-page|cli)' },
    },
    {
      name: 'compiler-does-no-io',
      severity: 'error',
      from: { path: '^packages/compiler/src/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contract-knows-no-package',
      severity: 'error',
      comment: 'the schemas of the HTTP API need only zod',
      from: { path: '^packages/api-contract/' },
      to: { path: '^packages/', pathNot: '^packages/api-contract/' },
    },
    {
      name: 'page-takes-types-of-the-contract',
      severity: 'error',
      comment: 'the page uses the HTTP API: of the packages it knows only the contract',
      from: { path: '^packages/status-page/' },
      to: { path: '^packages/', pathNot: '^packages/(status-page|api-contract)/' },
    },
    {
      name: 'page-bundles-no-package',
      severity: 'error',
      comment: 'the page imports types of the contract: its bundle contains neither the contract nor zod',
      from: { path: '^packages/status-page/src/' },
      to: { path: '^packages/api-contract/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'page-is-not-imported',
      severity: 'error',
      comment: 'the daemon serves the built files of the page from a folder',
      from: { pathNot: '^packages/status-page/' },
      to: { path: '^packages/status-page/' },
    },
    {
      name: 'src-never-imports-testing',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: `${core}/testing/` },
      to: { path: `${core}/testing/` },
    },
    {
      name: 'src-never-imports-tests',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: ['^test/', '^packages/[^/]+/test/'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      comment: 'the page and the transpiler are bundled, so their dependencies are devDependencies',
      from: {
        path: '^packages/[^/]+/src/',
        pathNot: ['^packages/status-page/', '^packages/adapter-component/src/transpiler/main\\.ts$'],
      },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment:
        'the builder of the site, the authorization server of the tests and the check of tarballs have lockfiles of their own',
      from: { pathNot: '^tools/(site/build\\.mjs|oauth/server\\.mjs|packed/lint\\.mjs)$' },
      // `/// <reference types="node" />` names types, not a module.
      to: { couldNotResolve: true, pathNot: '^node$' },
    },
  ],
  options: {
    exclude: { path: '^(packages/[^/]+|tools/site)/dist/' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['clarity-source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
};
