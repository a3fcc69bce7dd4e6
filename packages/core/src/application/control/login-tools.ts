import type { LoginOperations } from '../../ports/inbound/login-operations.ts';
import type { ServiceOperations } from '../../ports/inbound/service-operations.ts';
import { input, OBJECTS, output, serviceId, STRING } from './control-schemas.ts';
import { controlTool, READ, REACH, type ControlTool } from './control-tool.ts';

/** Tools for services that want a login: a model can report them, and give its person a link. */
export function loginTools(services: ServiceOperations, logins: () => LoginOperations): readonly ControlTool[] {
  return [
    controlTool({
      name: 'login_status',
      title: 'Login status',
      description: 'Lists the services that want a login. Their tools fail until a person has logged in.',
      inputSchema: input({}),
      outputSchema: output({ services: OBJECTS }),
      annotations: READ,
      grant: 'read',
      run: ({ caller }) => ({
        services: services
          .list(caller)
          .filter(({ status }) => status.lifecycle === 'NEEDS_LOGIN')
          .map(({ service, status }) => ({
            service_id: service.serviceId,
            namespace: service.namespace,
            reason: status.lastError ?? '',
            command: `clarityctl auth login ${service.namespace}`,
          })),
      }),
    }),
    controlTool<{ readonly service_id: string }>({
      name: 'login',
      title: 'Log in',
      description:
        'Returns a link that the person opens in a browser to log in to a service, and the command that does the same. The tools of the service work after the login.',
      inputSchema: input({ service_id: serviceId }, ['service_id']),
      // Without a page there is only the command.
      outputSchema: {
        ...output({ namespace: STRING, url: STRING, command: STRING, expires_at: STRING }),
        required: ['namespace', 'command', 'expires_at'],
      },
      annotations: { ...REACH, readOnlyHint: true },
      grant: 'operate',
      run: async ({ caller, args }) => {
        const { service, url, command, expiresAt } = await logins().invite(caller, args.service_id);
        return { namespace: service, ...(url === undefined ? {} : { url }), command, expires_at: expiresAt };
      },
    }),
  ];
}
