import { promises } from './requirement.ts';

export const start = [
  ...promises('introduction', {
    'start.one-command': 'clarityc start <file.clarity> compiles, registers and starts a service in one command.',
    'start.local-and-remote': 'One control plane runs local services and proxies remote ones side by side.',
  }),
  ...promises('Why Clarity Runtime', {
    'why.one-wiring': 'A client is wired once, to the gateway, and reaches every service through it.',
    'why.one-daemon-one-cli': 'clarityd is the control plane and clarityctl its operator tool.',
    'why.one-status-surface': 'Health, logs and interfaces of all services are seen in one place.',
  }),
  ...promises('What this gives you', {
    'gives.single-endpoint': 'All running services are offered through one MCP endpoint.',
    'gives.deterministic-identity':
      'The same source and module get the same service id every time, without a name given by hand.',
    'gives.persistent-registry': 'Registered services are there again after a restart of the daemon.',
    'gives.lifecycle': 'The daemon starts, stops, supervises and reports the state of every service.',
    'gives.interface-snapshots': 'Each service has a snapshot of its tools, resources and prompts.',
    'gives.status-page': 'A page in the browser serves operation and debugging.',
    'gives.client-bootstrap': 'Codex and Claude are pointed at the gateway by one command, once.',
  }),
  ...promises('Architecture', {
    'architecture.ctl-drives-daemon': 'clarityctl works through the daemon and holds no state of its own.',
    'architecture.daemon-parts':
      'The daemon has a registry, a lifecycle supervisor and an interface cache behind its gateway.',
    'architecture.local-is-wasm': 'Local services are Clarity sources compiled to WebAssembly.',
    'architecture.remote-is-http': 'Remote services are reached over the HTTP transports of MCP.',
  }),
  ...promises('Install + Start', {
    'install.build': 'npm install followed by npm run build yields programs that run.',
    'install.npx-clarityd': 'npx clarityd starts the daemon.',
    'install.npx-clarityctl': 'npx clarityctl runs the operator tool.',
    'install.auth-env':
      'With CLARITYD_AUTH_TOKEN in its environment the daemon asks for that token on every API and MCP request.',
    'install.auth-flag': 'clarityd --auth-token <token> does the same and wins over the environment.',
    'install.port': 'The daemon listens on port 4707 unless it is told otherwise.',
    'install.status-url': 'The status page is at http://localhost:4707/status.',
    'install.bootstrap-by-hand': 'The daemon writes no client configuration on its own.',
    'install.bootstrap-from-page':
      'The status page has a section that configures and verifies the client configuration paths.',
    'install.artifact-path':
      'clarityctl add <name> compiles <name>.clarity to .clarity/build/<name>.wasm, registers it and starts it.',
    'install.dev-daemon': 'npm run dev:daemon runs the daemon from source, without a build.',
    'install.dev-ctl': 'npm run dev:ctl -- <command> runs the operator tool from source, without a build.',
    'install.ctl-token-flag': 'clarityctl sends the token that --auth-token names.',
    'install.ctl-token-env': 'clarityctl takes the token from CLARITYD_AUTH_TOKEN when no flag is given.',
    'install.ctl-token-api-env':
      'clarityctl takes the token from CLARITY_API_TOKEN when CLARITYD_AUTH_TOKEN is absent.',
  }),
];
