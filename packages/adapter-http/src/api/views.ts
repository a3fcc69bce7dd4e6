import { type InterfaceSnapshot, type Manifest, type ServiceDetails, type ServiceView } from '@clarity-runtime/core';
import { redactedManifest } from '@clarity-runtime/core/internal';

/** A service in a list: what it is, how it does, how much it offers. */
export function summaryView({ service, status, uptimeSeconds, calls, interface: snapshot }: ServiceView): object {
  const { metadata, spec } = service.manifest;
  return {
    serviceId: service.serviceId,
    namespace: service.namespace,
    displayName: metadata.displayName,
    sourceFile: metadata.sourceFile,
    module: metadata.module,
    originType: spec.origin.type,
    lifecycle: status.lifecycle,
    health: status.health,
    uptimeSeconds,
    restartCount: status.restartCount,
    lastError: status.lastError,
    retryAt: status.retryAt,
    calls,
    policy: policyView(service.manifest),
    interface:
      snapshot === undefined
        ? null
        : {
            interfaceRevision: snapshot.interfaceRevision,
            introspectedAt: snapshot.introspectedAt,
            tools: snapshot.tools.length,
            resources: snapshot.resources.length,
            prompts: snapshot.prompts.length,
          },
  };
}

/** A service in full: its manifest without values of variables, what it is doing in this process, what it offers. */
export function recordView({ service, status, uptimeSeconds, calls, interface: snapshot }: ServiceView): object {
  const { serviceId, namespace, artifact, manifest } = service;
  return {
    serviceId,
    namespace,
    manifest: redactedManifest(manifest),
    runtime: {
      lifecycle: status.lifecycle,
      health: status.health,
      enabled: manifest.spec.enabled,
      autostart: manifest.spec.autostart,
      uptimeSeconds,
      restartCount: status.restartCount,
      lastError: status.lastError,
      lastHeartbeatAt: status.lastHeartbeatAt,
      retryAt: status.retryAt,
      quarantine: service.hold,
      circuit: calls.circuit,
    },
    interfaceSnapshot: snapshot && interfaceView(snapshot),
    artifact,
  };
}

/** What a service offers, each definition as the service wrote it. */
export const interfaceView = (snapshot: InterfaceSnapshot): object => ({
  interfaceRevision: snapshot.interfaceRevision,
  introspectedAt: snapshot.introspectedAt,
  tools: snapshot.tools.map(({ raw }) => raw.value),
  resources: snapshot.resources.map(({ raw }) => raw.value),
  prompts: snapshot.prompts.map(({ raw }) => raw.value),
});

/** A service with everything that happened to it of late; calls are shown with tool, outcome and duration. */
export const detailsView = ({ view, logs, events, recentCalls }: ServiceDetails): object => ({
  serviceId: view.service.serviceId,
  summary: summaryView(view),
  service: recordView(view),
  interface: view.interface === undefined ? emptyInterface : interfaceView(view.interface),
  logs,
  events,
  recentCalls: recentCalls.map(({ at, message, data }) => ({ at, message, data })),
});

/** For a service that was never asked. */
export const emptyInterface = { interfaceRevision: null, introspectedAt: null, tools: [], resources: [], prompts: [] };

function policyView({ spec: { restartPolicy, origin } }: Manifest): object {
  const { mode, maxRestarts, windowSeconds } = restartPolicy;
  if (!('endpoint' in origin)) return { restart: { mode, maxRestarts, windowSeconds }, remote: null };
  const { timeoutMs, allowedTools = [], maxPayloadBytes, maxConcurrency } = origin;
  return {
    restart: { mode, maxRestarts, windowSeconds },
    remote: { timeoutMs, allowedTools, maxPayloadBytes, maxConcurrency },
  };
}
