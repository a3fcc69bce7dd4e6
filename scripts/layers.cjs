/**
 * The rooms of each folder, from the bottom row to the top. A room may import rooms of the rows below its own row.
 * `.dependency-cruiser.cjs` derives one rule for each room from this table, and `house.mjs` counts the violations.
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
  'core/src/domain': ['errors text json audit', 'mcp access interfaces', 'services', 'calls'],
  'core/src/ports': ['outbound', 'inbound'],
  'core/src/application': ['support audit', 'services', 'calls', 'gateway', 'use-cases', 'control'],
  'adapter-http/src': ['http metrics', 'guard open-api outbound', 'api mcp page', 'server'],
  'adapter-http/src/outbound': ['http', 'streamable sse'],
  'adapter-stdio/src': ['framing process', 'connector bridge'],
  'adapter-store-fs/src': ['files', 'registry artifacts telemetry secrets credentials client-config', 'store'],
  'adapter-wasm/src': ['json guest', 'marshalling', 'imports', 'guard', 'interface', 'worker', 'host connector'],
  'adapter-toolchain/src': ['support', 'sources', 'compilers workspace'],
  'compiler/src': ['diagnostics', 'lexer types', 'parser', 'builtins', 'typed', 'checker emit interface'],
  'cli/src': [
    'support',
    'arguments terminal',
    'settings build',
    'api',
    'composition',
    'command-support',
    'daemon',
    'commands',
    'programs',
  ],
  'status-page/src': ['api', 'state format', 'hooks', 'views'],
};

module.exports = { LAYERS };
