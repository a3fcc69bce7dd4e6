const { LAYERS } = require('./layers.cjs');

const core = '^packages/core/src';
const coreRooms = LAYERS['core/src'].flatMap((row) => row.split(' '));

/** One rule for a room of core: it imports only the listed rooms of core. Both are regular expressions. */
const coreRoom = (name, room, allowed) => ({
  name,
  severity: 'error',
  from: { path: `${core}/${room}/` },
  to: { pathNot: `${core}/(${allowed})/` },
});
const digest = `${core}/domain/json/digest\\.ts$`;
const entropy = `${core}/composition/system-entropy\\.ts$`;

/** The rules of dependency-cruiser for the rooms of core. `.dependency-cruiser.cjs` contains them. */
const coreRules = [
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
    comment: 'an exception to domain-is-pure and core-does-no-io',
    from: { path: digest },
    to: { pathNot: '^(node:)?crypto$' },
  },
  {
    name: 'entropy-takes-only-crypto',
    severity: 'error',
    comment: 'an exception to core-does-no-io',
    from: { path: entropy },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
  },
  {
    name: 'core-does-no-io',
    severity: 'error',
    from: { path: `${core}/`, pathNot: [digest, entropy] },
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
];

module.exports = { coreRules };
