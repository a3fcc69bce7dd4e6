import type { SecretDestinations, SecretOperations } from '../../ports/inbound/secret-operations.ts';
import { CHANGE, controlTool, DESTROY, READ, type ControlTool } from './control-tool.ts';
import { BOOLEAN, input, NUMBER, OBJECTS, output, STRING, text, texts } from './control-schemas.ts';

interface OfReference {
  readonly auth_ref: string;
}

const reference = text('A reference: `file:name`, `env:VAR`, `header_env:Header:VAR` or a plain name.', 512);

export const secretTools = (secrets: SecretOperations): readonly ControlTool[] => [
  controlTool<OfReference>({
    name: 'validate_auth_ref',
    title: 'Validate credential reference',
    description:
      'Checks whether a credential reference resolves, and which headers it would set. Never shows the value.',
    inputSchema: input({ auth_ref: reference }, ['auth_ref']),
    outputSchema: output({ authRef: STRING, provider: STRING, valid: BOOLEAN }),
    annotations: READ,
    grant: 'inspect',
    concernsAll: true,
    run: ({ caller, args }) => secrets.validate(caller, args.auth_ref),
  }),
  controlTool({
    name: 'auth_provider_health',
    title: 'Credential providers',
    description: 'Shows the providers of credentials and whether they work.',
    inputSchema: input({}),
    outputSchema: output({ providers: OBJECTS }),
    annotations: READ,
    grant: 'inspect',
    concernsAll: true,
    run: ({ caller }) => secrets.providers(caller),
  }),
  controlTool({
    name: 'list_auth_secrets',
    title: 'List secrets',
    description: 'Lists the references of stored secrets, without their values.',
    inputSchema: input({}),
    outputSchema: output({ count: NUMBER, items: OBJECTS }),
    annotations: READ,
    grant: 'inspect',
    concernsAll: true,
    run: ({ caller }) => secrets.list(caller),
  }),
  controlTool<OfReference & SecretDestinations & { readonly secret: string }>({
    name: 'set_auth_secret',
    title: 'Store secret',
    description: 'Stores a secret under a `file:` reference. An existing one is replaced.',
    inputSchema: input(
      {
        auth_ref: reference,
        secret: text('The value. It is never shown again.', 65_536),
        hosts: texts('Hosts that may receive the value, as `host` or `host:port`. The stored ones when absent.', 0, 32),
        services: texts('Namespaces of the services that may use the value. The stored ones when absent.', 0, 32),
      },
      ['auth_ref', 'secret'],
    ),
    outputSchema: output({ authRef: STRING, written: BOOLEAN }),
    annotations: CHANGE,
    grant: 'secrets',
    concernsAll: true,
    run: ({ caller, args: { auth_ref: ref, secret, ...destinations } }) =>
      secrets.set(caller, ref, secret, destinations),
  }),
  controlTool<OfReference>({
    name: 'delete_auth_secret',
    title: 'Delete secret',
    description: 'Deletes the secret of a `file:` reference.',
    inputSchema: input({ auth_ref: reference }, ['auth_ref']),
    outputSchema: output({ authRef: STRING, deleted: BOOLEAN }),
    annotations: DESTROY,
    grant: 'secrets',
    concernsAll: true,
    run: ({ caller, args }) => secrets.remove(caller, args.auth_ref),
  }),
];
