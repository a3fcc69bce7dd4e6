const { existsSync, readdirSync } = require('node:fs');
const { LAYERS, layerRules } = require('./scripts/layers.cjs');

const manifests = readdirSync(`${__dirname}/packages`)
  .filter((folder) => existsSync(`${__dirname}/packages/${folder}/package.json`))
  .map((folder) => ({ folder, ...require(`./packages/${folder}/package.json`) }));

/** One rule for each manifest, because the cruiser does not check whether a workspace package is declared. */
const declaredOnly = manifests.map(({ folder, dependencies = {} }) => ({
  name: `${folder}-imports-what-it-declares`,
  severity: 'error',
  from: { path: `^packages/${folder}/src/` },
  to: {
    path: '^packages/',
    pathNot: manifests
      .filter((other) => other.folder === folder || other.name in dependencies)
      .map((other) => `^packages/${other.folder}/`),
  },
}));

const core = '^packages/core/src';
const coreRooms = LAYERS['core/src'].flatMap((row) => row.split(' '));

/** One rule for a room of core: it imports only the listed rooms of core. Both are regular expressions. */
const coreRoom = (name, room, allowed) => ({
  name,
  severity: 'error',
  from: { path: `${core}/${room}/` },
  to: { pathNot: `${core}/(${allowed})/` },
});
const doors = [
  '^packages/[^/]+/src/index\\.ts$',
  `${core}/(ports|memory|testing|protocol|audit-chain|registry)/index\\.ts$`,
];
const digest = `${core}/domain/json/digest\\.ts$`;

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
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'domain imports only domain',
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
      comment: 'a new folder of core needs a row in scripts/layers.cjs and a decision record',
      from: {},
      to: {
        path: `${core}/(?!(${coreRooms.join('|')})/)[^/]+/`,
      },
    },
    coreRoom('ports-know-only-domain', 'ports', 'ports|domain'),
    {
      name: 'outbound-ports-know-no-inbound-port',
      severity: 'error',
      from: { path: `${core}/ports/outbound/` },
      to: { path: `${core}/ports/inbound/` },
    },
    coreRoom('application-knows-domain-and-ports', 'application', 'application|ports|domain'),
    {
      name: 'protocol-knows-domain-and-ports',
      severity: 'error',
      comment: 'framing and envelopes of JSON-RPC for edges and outbound adapters; use cases do not import them',
      from: { path: `${core}/protocol/` },
      to: { pathNot: `${core}/(protocol|ports|domain)/` },
    },
    coreRoom(
      'audit-chain-and-registry-know-domain-and-ports',
      '(audit-chain|registry)',
      'audit-chain|registry|ports|domain',
    ),
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
      comment: 'only this room compiles schemas, and only schemas of this repository',
      from: { path: '^packages/[^/]+/src/', pathNot: `${core}/validation/` },
      to: { path: 'node_modules/ajv/' },
    },
    coreRoom('testing-knows-domain-and-ports', 'testing', 'testing|ports|domain'),
    coreRoom('memory-knows-domain-and-ports', 'memory', 'memory|audit-chain|registry|ports|domain'),
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
      from: { path: '^(examples|test|tools)/' },
      to: {
        path: '^packages/',
        pathNot: doors,
      },
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
      name: 'page-knows-no-package',
      severity: 'error',
      comment: 'the page uses the HTTP API of the daemon',
      from: { path: '^packages/status-page/' },
      to: { path: '^packages/', pathNot: '^packages/status-page/' },
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
      comment: 'the page is bundled, so its dependencies are devDependencies',
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
