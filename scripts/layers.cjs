/**
 * The rooms of each folder, from the bottom row to the top. A room may import rooms of the rows below its own row.
 * `layerRules` derives the rules of `.dependency-cruiser.cjs` from this table, and `house.mjs` counts the violations.
 */
const LAYERS = {
  'core/src': [
    'domain',
    'ports',
    'protocol validation audit-chain registry',
    'memory',
    'application testing',
    'composition',
  ],
  'core/src/domain': ['errors text json audit', 'mcp access interfaces', 'login', 'services', 'calls import'],
  'core/src/ports': ['outbound', 'inbound'],
  'core/src/application': ['support audit', 'services login sharing', 'calls', 'gateway', 'use-cases', 'control'],
  'adapter-http/src': ['http metrics', 'guard open-api outbound', 'api mcp page', 'server'],
  'adapter-http/src/outbound': ['http', 'oauth streamable sse egress'],
  'adapter-stdio/src': ['framing process', 'isolation', 'connector bridge'],
  'adapter-store-fs/src': [
    'files',
    'trust',
    'registry artifacts telemetry secrets credentials client-config',
    'client-import store',
  ],
  'adapter-store-postgres/src': ['database', 'schema records audit sharing documents', 'store'],
  'adapter-component/src': ['decoder network', 'contract', 'wasi', 'engine', 'transpiler'],
  'adapter-wasm/src': [
    'json guest',
    'marshalling',
    'imports',
    'guard',
    'interface',
    'worker',
    'host connector',
    'process',
  ],
  'adapter-toolchain/src': ['support', 'sources', 'compilers workspace'],
  'compiler/src': ['diagnostics', 'lexer types', 'parser', 'builtins', 'typed', 'checker emit interface'],
  'cli/src': [
    'support threads',
    'arguments terminal',
    'settings audit-export client-imports peers',
    'api',
    'composition',
    'command-support',
    'daemon imports installs additions',
    'declarations',
    'commands',
    'programs',
  ],
  'status-page/src': ['api', 'text', 'state', 'parts', 'actions', 'views'],
};

/** `.dependency-cruiser.cjs` has written rules for these two folders. They are stricter than the order of the rows. */
const FOLDERS_WITH_WRITTEN_RULES = ['core/src', 'core/src/ports'];

/** Returns one rule of dependency-cruiser for each room that has a room beside it or above it. */
const layerRules = () =>
  Object.entries(LAYERS)
    .filter(([folder]) => !FOLDERS_WITH_WRITTEN_RULES.includes(folder))
    .flatMap(([folder, rows]) => {
      const rooms = rows.map((row) => row.split(' '));
      return rooms.flatMap((row, index) => {
        const below = rooms.slice(0, index).flat();
        const isTopAlone = row.length + below.length === rooms.flat().length && row.length === 1;
        return isTopAlone ? [] : row.map((room) => layerRule(folder, room, below));
      });
    });

const layerRule = (folder, room, below) => ({
  name: `${folder.replace('/src', '').replaceAll('/', '-')}-${room}-sees-below`,
  severity: 'error',
  from: { path: `^packages/${folder}/${room}/` },
  to: { path: `^packages/${folder}/[^/]+/`, pathNot: `^packages/${folder}/(${[room, ...below].join('|')})/` },
});

module.exports = { LAYERS, layerRules };
