import type { AuditTimeline } from '../audit-timeline.ts';
import type { ServiceOperations } from '../service-operations.ts';
import { controlTool, READ, type ControlTool } from './control-tool.ts';
import { input, OBJECTS, output, serviceId, STRING, STRINGS, whole } from './schemas.ts';

const LOG_LINES = 200;
const EVENTS = 200;

export const logTool = (services: ServiceOperations, timeline: AuditTimeline): ControlTool =>
  controlTool<{ readonly service_id: string; readonly limit?: number }>({
    name: 'get_logs',
    title: 'Get logs',
    description: 'Shows the newest log lines of a service, the oldest first.',
    inputSchema: input({ service_id: serviceId, limit: whole('How many lines at most.', 1, 1000, LOG_LINES) }, [
      'service_id',
    ]),
    outputSchema: output({ service_id: STRING, lines: STRINGS }),
    annotations: READ,
    grant: 'read',
    run: async ({ caller, args: { service_id: id, limit = LOG_LINES } }) => {
      services.get(caller, id);
      return { service_id: id, lines: await timeline.logs(caller, id, limit) };
    },
  });

export const auditTool = (timeline: AuditTimeline): ControlTool =>
  controlTool<{ readonly limit?: number }>({
    name: 'get_audit',
    title: 'Get audit',
    description: 'Shows the newest audit events: what was done, by whom, through which door. The oldest come first.',
    inputSchema: input({ limit: whole('How many events at most.', 1, 2000, EVENTS) }),
    outputSchema: output({ items: OBJECTS }),
    annotations: READ,
    grant: 'read',
    run: async ({ caller, args: { limit = EVENTS } }) => ({ items: (await timeline.page(caller, { limit })).items }),
  });
