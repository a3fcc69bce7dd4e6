import type { Caller } from '../../domain/access/caller.ts';
import type { ServiceOperations, ServiceView } from '../../ports/inbound/service-operations.ts';
import { CHANGE, controlTool, DESTROY, READ, type ControlTool } from './control-tool.ts';
import { deprovision } from './deprovision.ts';
import { flag, input, NUMBER, OBJECT, OBJECTS, output, serviceId, STRING } from './control-schemas.ts';
import { interfaceOf, recordOf, summaryOf, totalsOf } from './control-views.ts';

interface OfService {
  readonly service_id: string;
}

const ofService = input({ service_id: serviceId }, ['service_id']);
const summary = output({ service: OBJECT });

/** Tools that list, start, stop and remove services. */
export function serviceTools(services: ServiceOperations): readonly ControlTool[] {
  const operation = (
    name: string,
    description: string,
    act: (caller: Caller, id: string) => Promise<ServiceView>,
  ): ControlTool =>
    controlTool<OfService>({
      name,
      title: titleOf(name),
      description,
      inputSchema: ofService,
      outputSchema: summary,
      annotations: CHANGE,
      grant: 'operate',
      run: async ({ caller, args }) => ({ service: summaryOf(await act(caller, args.service_id)) }),
    });
  return [
    controlTool({
      name: 'status_summary',
      title: 'Status summary',
      description: 'Counts the services by state: running, degraded, stopped, quarantined, local, remote.',
      inputSchema: input({}),
      outputSchema: output({ total: NUMBER, running: NUMBER, degraded: NUMBER, stopped: NUMBER, quarantined: NUMBER }),
      annotations: READ,
      grant: 'read',
      run: ({ caller }) => totalsOf(services.list(caller)),
    }),
    controlTool({
      name: 'list_services',
      title: 'List services',
      description: 'Lists every service with its id, state, health and the size of its interface.',
      inputSchema: input({}),
      outputSchema: output({ services: OBJECTS }),
      annotations: READ,
      grant: 'read',
      run: ({ caller }) => ({ services: services.list(caller).map(summaryOf) }),
    }),
    controlTool<OfService>({
      name: 'get_service',
      title: 'Get service',
      description: 'Shows one service in full: manifest, state and interface.',
      inputSchema: ofService,
      outputSchema: summary,
      annotations: READ,
      grant: 'inspect',
      run: ({ caller, args }) => ({ service: recordOf(services.get(caller, args.service_id)) }),
    }),
    operation('start_service', 'Starts a service and reads its interface.', (caller, id) => services.start(caller, id)),
    operation('stop_service', 'Stops a service; its tools leave the list.', (caller, id) => services.stop(caller, id)),
    operation('restart_service', 'Stops a service and starts it again.', (caller, id) => services.restart(caller, id)),
    controlTool<OfService>({
      name: 'refresh_interface',
      title: 'Refresh interface',
      description: 'Reads the interface of a running service again.',
      inputSchema: ofService,
      outputSchema: output({ service_id: STRING, interface: OBJECT }),
      annotations: CHANGE,
      grant: 'operate',
      run: async ({ caller, args: { service_id: id } }) => ({
        service_id: id,
        interface: interfaceOf(await services.introspect(caller, id)),
      }),
    }),
    operation(
      'unquarantine_service',
      'Lifts the quarantine of a service without starting it. Then use runtime__start_service.',
      (caller, id) => services.unquarantine(caller, id),
    ),
    controlTool<OfService & { readonly cleanup_artifacts?: boolean }>({
      name: 'remove_service',
      title: 'Remove service',
      description:
        'Stops and removes a service. With cleanup_artifacts it also deletes the compiled module if it is in the workspace and no other service uses it.',
      inputSchema: input(
        { service_id: serviceId, cleanup_artifacts: flag('Also delete the compiled module.', false) },
        ['service_id'],
      ),
      outputSchema: output({ removed: { type: 'boolean' }, artifactRemoved: { type: 'boolean' }, serviceId: STRING }),
      annotations: DESTROY,
      grant: 'operate',
      grantOf: ({ cleanup_artifacts: cleanUp }) => (cleanUp === true ? 'provision' : 'operate'),
      waits: ({ cleanup_artifacts: cleanUp }) => cleanUp === true,
      run: ({ caller, args }) =>
        deprovision(services, caller, { serviceId: args.service_id, cleanUp: args.cleanup_artifacts === true }),
    }),
  ];
}

/** Returns `Start service` for `start_service`. */
const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
