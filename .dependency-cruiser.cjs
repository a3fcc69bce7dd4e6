const { existsSync, readdirSync } = require('node:fs');

const manifests = readdirSync(`${__dirname}/packages`)
  .filter((folder) => existsSync(`${__dirname}/packages/${folder}/package.json`))
  .map((folder) => ({ folder, ...require(`./packages/${folder}/package.json`) }));

/** The cruiser cannot tell whether a workspace package was declared, so each manifest gives a rule. */
const declaredOnly = manifests.map(({ folder, dependencies = {}, devDependencies = {} }) => ({
  name: `${folder}-imports-what-it-declares`,
  severity: 'error',
  from: { path: `^packages/${folder}/src/` },
  to: {
    path: '^packages/',
    pathNot: manifests
      .filter(({ name }) => name in dependencies || (folder === 'status-page' && name in devDependencies))
      .map((other) => `^packages/${other.folder}/`)
      .concat(`^packages/${folder}/`),
  },
}));

const core = '^packages/core/src';
const digest = `${core}/domain/json/digest\\.ts$`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...declaredOnly,
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'domain imports domain, nothing else',
      from: { path: `${core}/domain/`, pathNot: digest },
      to: { pathNot: `${core}/domain/` },
    },
    {
      name: 'digest-takes-only-crypto',
      severity: 'error',
      comment: 'the one exception to domain-is-pure and core-does-no-io',
      from: { path: digest },
      to: { pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'core-does-no-io',
      severity: 'error',
      from: { path: `${core}/`, pathNot: digest },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-rooms-are-fixed',
      severity: 'error',
      comment: 'a new folder in core is a decision; the error table stands in domain, there is no errors/',
      from: {},
      to: {
        path: `${core}/(?!(domain|ports|application|validation|protocol|audit-chain|registry|memory|composition|testing)/)[^/]+/`,
      },
    },
    {
      name: 'ports-know-only-domain',
      severity: 'error',
      from: { path: `${core}/ports/` },
      to: { pathNot: `${core}/(ports|domain)/` },
    },
    {
      name: 'application-knows-domain-and-ports',
      severity: 'error',
      from: { path: `${core}/application/` },
      to: { pathNot: `${core}/(application|ports|domain)/` },
    },
    {
      name: 'protocol-knows-domain-and-ports',
      severity: 'error',
      comment: 'framing and envelopes of JSON-RPC, for edges and outbound adapters; no use case sees them',
      from: { path: `${core}/protocol/` },
      to: { pathNot: `${core}/(protocol|ports|domain)/` },
    },
    {
      name: 'only-edges-know-the-protocol',
      severity: 'error',
      from: { path: `${core}/`, pathNot: `${core}/protocol/` },
      to: { path: `${core}/protocol/` },
    },
    {
      name: 'validation-knows-domain-and-ports',
      severity: 'error',
      from: { path: `${core}/validation/` },
      to: { path: '^packages/[^/]+/src/', pathNot: `${core}/(validation|ports|domain)/` },
    },
    {
      name: 'one-room-knows-ajv',
      severity: 'error',
      comment: 'only schemas that are ours are compiled, and only there',
      from: { path: '^packages/[^/]+/src/', pathNot: `${core}/validation/` },
      to: { path: 'node_modules/ajv/' },
    },
    {
      name: 'testing-knows-domain-and-ports',
      severity: 'error',
      from: { path: `${core}/testing/` },
      to: { pathNot: `${core}/(testing|ports|domain)/` },
    },
    {
      name: 'memory-knows-domain-and-ports',
      severity: 'error',
      from: { path: `${core}/memory/` },
      to: { pathNot: `${core}/(memory|audit-chain|registry|ports|domain)/` },
    },
    {
      name: 'core-knows-no-package',
      severity: 'error',
      from: { path: `${core}/` },
      to: { path: '^packages/', pathNot: '^packages/core/' },
    },
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
      comment: 'another package is entered through its exports map',
      from: { path: '^packages/([^/]+)/' },
      to: {
        path: '^packages/',
        pathNot: [
          '^packages/$1/',
          '^packages/[^/]+/src/index\\.ts$',
          '^packages/core/src/(ports|memory|testing|protocol|audit-chain|registry)/index\\.ts$',
          '^packages/core/src/internal\\.ts$',
          '^packages/core/src/text\\.ts$',
        ],
      },
    },
    {
      name: 'examples-and-scenarios-use-front-doors',
      severity: 'error',
      from: { path: '^(examples|test|tools)/' },
      to: {
        path: '^packages/',
        pathNot: [
          '^packages/[^/]+/src/index\\.ts$',
          '^packages/core/src/(ports|memory|testing|protocol|audit-chain|registry)/index\\.ts$',
          '^packages/core/src/internal\\.ts$',
          '^packages/core/src/text\\.ts$',
        ],
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
      comment: 'an adapter knows core; the cli puts adapters, compiler and page together',
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
      comment: 'text in, bytes out: no I/O, and of the packages only core',
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
      name: 'nobody-imports-the-page',
      severity: 'error',
      comment: 'it is a folder of built files, handed over as a path',
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
      comment: 'the page is bundled: what it needs is needed to build it',
      from: { path: '^packages/[^/]+/src/', pathNot: '^packages/status-page/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    exclude: { path: '^packages/[^/]+/dist/' },
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
