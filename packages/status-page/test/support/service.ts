import type { RuntimeStatus, ServiceSummary } from '../../src/api/status.ts';

export const service: ServiceSummary = {
  serviceId: 'svc_1',
  namespace: 'calc',
  sourceFile: 'calc.clarity',
  originType: 'local_wasm',
  lifecycle: 'RUNNING',
  health: 'HEALTHY',
  uptimeSeconds: 3_700,
  interface: { interfaceRevision: 'iface_1', tools: 2, resources: 0, prompts: 0 },
};

export function statusOf(...services: readonly ServiceSummary[]): RuntimeStatus {
  const running = services.filter(({ lifecycle }) => lifecycle === 'RUNNING').length;
  return {
    runtime: { version: '0.1.0', pid: 42, uptimeSeconds: 65 },
    summary: { total: services.length, running, degraded: 0, quarantined: 0 },
    services,
  };
}
