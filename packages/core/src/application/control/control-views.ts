import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import { shortLocation } from '../../domain/services/masked-origin.ts';
import { redactedManifest } from '../../domain/services/shown-manifest.ts';
import { isRemote } from '../../domain/services/origin-kinds.ts';
import type { ServiceView } from '../../ports/inbound/service-operations.ts';

/** Returns a service for a list. */
export function summaryOf({ service, status, uptimeSeconds, interface: snapshot, isSuspicious }: ServiceView): object {
  const { metadata, spec } = service.manifest;
  return {
    service_id: service.serviceId,
    namespace: service.namespace,
    display_name: metadata.displayName,
    source_file: shortLocation(metadata.sourceFile),
    module: metadata.module,
    origin_type: spec.origin.type,
    lifecycle: status.lifecycle,
    health: status.health,
    uptime_seconds: uptimeSeconds,
    restart_count: status.restartCount,
    last_error: status.lastError,
    hint: status.hint,
    interface: snapshot === undefined ? null : { ...countsOf(snapshot), ...(isSuspicious ? { suspicious: true } : {}) },
  };
}

const countsOf = (snapshot: InterfaceSnapshot): object => ({
  revision: snapshot.interfaceRevision,
  introspected_at: snapshot.introspectedAt,
  tools: snapshot.tools.length,
  resources: snapshot.resources.length,
  prompts: snapshot.prompts.length,
});

/** Returns a service in full, with the manifest as clients see it. */
export function recordOf({ service, status, uptimeSeconds, calls, interface: snapshot }: ServiceView): object {
  const { serviceId, namespace, manifest, hold } = service;
  return {
    serviceId,
    namespace,
    manifest: redactedManifest(manifest, undefined, 'client'),
    runtime: {
      lifecycle: status.lifecycle,
      health: status.health,
      enabled: manifest.spec.enabled,
      autostart: manifest.spec.autostart,
      uptimeSeconds,
      restartCount: status.restartCount,
      lastError: status.lastError,
      hint: status.hint,
      lastHeartbeatAt: status.lastHeartbeatAt,
      quarantine: hold,
      circuit: calls.circuit,
    },
    ...(snapshot === undefined ? {} : { interfaceSnapshot: interfaceOf(snapshot) }),
  };
}

export const interfaceOf = (snapshot: InterfaceSnapshot): object => ({
  interfaceRevision: snapshot.interfaceRevision,
  introspectedAt: snapshot.introspectedAt,
  tools: snapshot.tools.map(({ raw }) => raw.value),
  resources: snapshot.resources.map(({ raw }) => raw.value),
  prompts: snapshot.prompts.map(({ raw }) => raw.value),
});

/** Counts services by state and by kind. */
export function totalsOf(views: readonly ServiceView[]): object {
  const count = (is: (view: ServiceView) => boolean): number => views.filter(is).length;
  return {
    total: views.length,
    running: count(({ status }) => status.lifecycle === 'RUNNING'),
    degraded: count(({ status }) => status.health === 'DEGRADED'),
    stopped: count(({ status }) => status.lifecycle === 'STOPPED' || status.lifecycle === 'REGISTERED'),
    quarantined: count(({ status }) => status.lifecycle === 'QUARANTINED'),
    local: count(({ service }) => !isRemote(service.manifest)),
    suspicious: count(({ isSuspicious }) => isSuspicious),
    remote: count(({ service }) => isRemote(service.manifest)),
  };
}
