import type { ServiceDetailsReply, ServiceReply, ServiceSummary, StatusReply } from '@clarity-runtime/api-contract';

export const service: ServiceSummary = {
  serviceId: 'svc_1',
  namespace: 'calc',
  sourceFile: 'calc.clarity',
  module: 'calc',
  originType: 'local_wasm',
  lifecycle: 'RUNNING',
  health: 'HEALTHY',
  uptimeSeconds: 3_700,
  restartCount: 0,
  calls: { inFlight: 0, waiting: 0, refused: 0 },
  policy: { restart: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 }, remote: null },
  interface: {
    interfaceRevision: 'iface_1',
    introspectedAt: '2026-01-01T00:00:00.000Z',
    tools: 2,
    resources: 0,
    prompts: 0,
  },
};

/** Returns the reply of the status with these services. */
export function statusOf(...services: readonly ServiceSummary[]): StatusReply {
  const count = (is: (one: ServiceSummary) => boolean): number => services.filter(is).length;
  return {
    runtime: { version: '0.1.0', pid: 42, uptimeSeconds: 65, instanceId: 'instance-of-the-test' },
    gateway: { listen: '127.0.0.1:4707', mcpPath: '/mcp', healthy: true },
    systemTools: { count: 0, items: [] },
    storage: { state: 'up', unwritten: 0, droppedBefore: 0 },
    refusals: {} as StatusReply['refusals'],
    summary: {
      total: services.length,
      running: count(({ lifecycle }) => lifecycle === 'RUNNING'),
      degraded: 0,
      stopped: count(({ lifecycle }) => lifecycle === 'STOPPED'),
      quarantined: 0,
      local: services.length,
      remote: 0,
    },
    services,
    lastUpdated: '2026-01-01T00:00:00.000Z',
  };
}

const record: ServiceReply = {
  serviceId: service.serviceId,
  digest: 'd'.repeat(64),
  namespace: service.namespace,
  manifest: {
    metadata: { sourceFile: service.sourceFile, module: service.module },
    spec: { origin: { type: service.originType }, enabled: true, autostart: true },
  },
  runtime: {
    lifecycle: 'RUNNING',
    health: 'HEALTHY',
    enabled: true,
    autostart: true,
    uptimeSeconds: service.uptimeSeconds,
    restartCount: 0,
  },
};

/** Returns the details of the service with these parts. */
export const detailsOf = (
  parts: Pick<ServiceDetailsReply, 'interface' | 'logs' | 'recentCalls'>,
): ServiceDetailsReply => ({ serviceId: service.serviceId, summary: service, service: record, events: [], ...parts });
