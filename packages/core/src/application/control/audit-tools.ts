import type { AuditTrail } from '../../ports/inbound/audit-trail.ts';
import type { ServiceOperations } from '../../ports/inbound/service-operations.ts';
import { controlTool, READ, type ControlTool } from './control-tool.ts';
import { input, OBJECTS, output, serviceId, STRING, STRINGS, text, whole } from './control-schemas.ts';

const LOG_LINES = 200;
const EVENTS = 200;

interface AuditArguments {
  readonly limit?: number;
  readonly service_id?: string;
  readonly kind?: string;
  readonly caller?: string;
  readonly outcome?: string;
  readonly since?: string;
  readonly until?: string;
}

const time = (description: string): ReturnType<typeof text> => text(description, 40);

export const serviceLogsTool = (services: ServiceOperations, audit: AuditTrail): ControlTool =>
  controlTool<{ readonly service_id: string; readonly limit?: number }>({
    name: 'get_logs',
    title: 'Get logs',
    description: 'Shows the newest log lines of a service, the oldest first.',
    inputSchema: input({ service_id: serviceId, limit: whole('Maximum number of lines.', 1, 1000, LOG_LINES) }, [
      'service_id',
    ]),
    outputSchema: output({ service_id: STRING, lines: STRINGS }),
    annotations: READ,
    grant: 'inspect',
    run: async ({ caller, args: { service_id: id, limit = LOG_LINES } }) => {
      services.get(caller, id);
      return { service_id: id, lines: await audit.logs(caller, id, limit) };
    },
  });

export const auditTool = (audit: AuditTrail): ControlTool =>
  controlTool<AuditArguments>({
    name: 'get_audit',
    title: 'Get audit',
    description:
      'Shows the newest audit events with their callers and entry points, oldest first. A caller of some services gets theirs.',
    inputSchema: input({
      limit: whole('Maximum number of events.', 1, 2000, EVENTS),
      service_id: serviceId,
      kind: text('Kind of the events, for example service.tool_called.', 100),
      caller: text('Id of the caller.', 200),
      outcome: text('Outcome: ok, error, tool_error or denied.', 100),
      since: time('Start time, inclusive, in ISO 8601.'),
      until: time('End time, exclusive, in ISO 8601.'),
    }),
    outputSchema: output({ items: OBJECTS }),
    annotations: READ,
    grant: 'inspect',
    run: async ({ caller, args: { limit = EVENTS, service_id: id, caller: by, ...filter } }) => {
      const page = await audit.page(caller, { ...filter, limit, serviceId: id, caller: by });
      return { items: page.items };
    },
  });
