import { promises } from './requirement.ts';

export const cli = [
  ...promises('CLI', {
    'cli.add': 'clarityctl add <name> finds <name>.clarity, compiles, registers, starts and introspects it.',
    'cli.add.path': 'clarityctl add takes the path of a source file as well as a name.',
    'cli.add-all': 'clarityctl add-all [dir] adds every .clarity source of a folder.',
    'cli.add-all.default-dir': 'clarityctl add-all without a folder takes the current one.',
    'cli.add-all.recursive': 'clarityctl add-all --recursive goes into folders below.',
    'cli.add-remote': 'clarityctl add-remote registers a remote MCP service.',
    'cli.add-remote.endpoint': 'add-remote --endpoint names the URL of the remote service.',
    'cli.add-remote.module': 'add-remote --module names the service.',
    'cli.list': 'clarityctl list shows the registered services.',
    'cli.status': 'clarityctl status shows the state of the daemon and of its services.',
    'cli.start': 'clarityctl start <service_id> starts a service.',
    'cli.stop': 'clarityctl stop <service_id> stops a service.',
    'cli.restart': 'clarityctl restart <service_id> stops and starts a service.',
    'cli.introspect': 'clarityctl introspect <service_id> refreshes the interface of a service and prints it.',
    'cli.remove': 'clarityctl remove <service_id> stops a service and forgets it.',
    'cli.remove.cleanup-artifacts':
      'remove --cleanup-artifacts also deletes the files that were built for the service.',
    'cli.details':
      'clarityctl details <service_id> shows manifest, state, interface, logs, events and calls of a service.',
    'cli.details.log-limit': 'details --log-limit <n> bounds the log lines shown.',
    'cli.details.event-limit': 'details --event-limit <n> bounds the events shown.',
    'cli.details.call-limit': 'details --call-limit <n> bounds the calls shown.',
    'cli.logs': 'clarityctl logs <service_id> shows the log of a service.',
    'cli.auth.providers': 'clarityctl auth providers shows which credential providers there are and whether they work.',
    'cli.auth.validate': 'clarityctl auth validate <auth_ref> says whether a credential reference resolves.',
    'cli.auth.list-secrets': 'clarityctl auth list-secrets shows the names of stored secrets, never their values.',
    'cli.auth.set-secret': 'clarityctl auth set-secret <auth_ref> <secret> stores a secret.',
    'cli.auth.delete-secret': 'clarityctl auth delete-secret <auth_ref> deletes a secret.',
    'cli.bootstrap': 'clarityctl bootstrap writes the gateway into the configuration of AI clients.',
    'cli.bootstrap.clients': 'bootstrap --clients codex,claude chooses the clients.',
    'cli.doctor': 'clarityctl doctor checks the installation and says what is wrong.',
    'cli.doctor.daemon': 'doctor checks that the daemon answers.',
    'cli.doctor.compiler': 'doctor checks that a compiler is at hand.',
    'cli.doctor.workspace': 'doctor checks that the build folder of the workspace can be used.',
    'cli.gateway-stdio':
      'clarityctl gateway serve --stdio speaks MCP over standard streams and forwards to the daemon.',
  }),
  ...promises('CLI, legacy commands', {
    'cli.add-local': 'clarityctl add-local registers a module that is already compiled.',
    'cli.add-local.flags': 'add-local takes --source, --module and --wasm.',
    'cli.start-source': 'clarityctl start-source compiles, registers and starts a source.',
    'cli.start-source.flags': 'start-source takes --source and, when the defaults do not fit, --module and --wasm.',
  }),
  ...promises('CLI, quality commands', {
    'quality.lint': 'npm run lint checks the code.',
    'quality.format': 'npm run format checks the formatting.',
    'quality.test': 'npm run test runs the tests.',
    'quality.coverage': 'npm run test:coverage runs the tests and measures what they cover.',
  }),
];
