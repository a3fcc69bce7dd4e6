import type { routes } from '@clarity-runtime/api-contract';
import {
  type Caller,
  type Definition,
  type InterfaceSnapshot,
  type Manifest,
  type ServiceDetails,
  type ServiceView,
} from '@clarity-runtime/core';
import { redactedManifest, shownOrigin, shownSource, type Problem } from '@clarity-runtime/core/internal';
import type { ReplyBody } from '../http/route.ts';

type SummaryView = ReplyBody<typeof routes.listServices>['items'][number];
type ServiceRecordView = ReplyBody<typeof routes.getService>['service'];
type InterfaceView = ReplyBody<typeof routes.introspectService>['interface'];
type DetailsView = ReplyBody<typeof routes.getServiceDetails>;

const problemView = (problem: Problem | undefined): SummaryView['problem'] =>
  problem && { code: problem.code, line: problem.line, fix: problem.fix };

/** Returns a service as an item of a list: its state and the size of its interface. */
export function summaryView(view: ServiceView, problem: Problem | undefined, caller: Caller): SummaryView {
  const { service, status, uptimeSeconds, calls, interface: snapshot, isSuspicious, warnings, compatibility } = view;
  const { metadata, spec } = service.manifest;
  return {
    serviceId: service.serviceId,
    namespace: service.namespace,
    displayName: metadata.displayName,
    sourceFile: shownSource(metadata.sourceFile),
    what: shownOrigin(service, caller),
    module: metadata.module,
    originType: spec.origin.type,
    ...(spec.enabled ? {} : { enabled: false as const }),
    lifecycle: status.lifecycle,
    health: status.health,
    uptimeSeconds,
    restartCount: status.restartCount,
    lastError: status.lastError,
    hint: status.hint,
    problem: problemView(problem),
    retryAt: status.retryAt,
    starting: status.starting,
    warnings,
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
            ...(isSuspicious ? { suspicious: true as const } : {}),
            ...(compatibility.length === 0 ? {} : { compatibility: [...compatibility].map(compatibilityView) }),
          },
  };
}

const compatibilityView = ({ problems, ownProblems, ...tool }: ServiceView['compatibility'][number]) => ({
  ...tool,
  problems: problems.map((problem) => ({ ...problem, receivers: [...problem.receivers] })),
  ownProblems: ownProblems.map((problem) => ({ ...problem, receivers: [...problem.receivers] })),
});

/** Returns a service in full. Values of environment variables are removed from its manifest. */
export function recordView(view: ServiceView, problem: Problem | undefined): ServiceRecordView {
  const { service, status, uptimeSeconds, calls, interface: snapshot, digest, warnings } = view;
  const { serviceId, namespace, artifact, manifest } = service;
  return {
    serviceId,
    digest,
    namespace,
    manifest: { ...redactedManifest(manifest) },
    runtime: {
      lifecycle: status.lifecycle,
      health: status.health,
      enabled: manifest.spec.enabled,
      autostart: manifest.spec.autostart,
      uptimeSeconds,
      restartCount: status.restartCount,
      lastError: status.lastError,
      hint: status.hint,
      problem: problemView(problem),
      lastHeartbeatAt: status.lastHeartbeatAt,
      retryAt: status.retryAt,
      starting: status.starting,
      quarantine: service.hold,
      circuit: calls.circuit,
      warnings,
    },
    interfaceSnapshot: snapshot && interfaceView(snapshot),
    artifact,
  };
}

/** Returns the definitions of a service as the service wrote them. */
export const interfaceView = (snapshot: InterfaceSnapshot): InterfaceView => ({
  interfaceRevision: snapshot.interfaceRevision,
  introspectedAt: snapshot.introspectedAt,
  tools: snapshot.tools.map(definitionView),
  resources: snapshot.resources.map(definitionView),
  prompts: snapshot.prompts.map(definitionView),
});

/** A definition is always a JSON object: the reader of interfaces rejects other values. */
const definitionView = ({ raw }: Definition) => raw.value as Readonly<Record<string, unknown>>;

/** Returns a service with its interface, log lines, events and calls. A call has a time, a message and data. */
export const detailsView = (
  { view, logs, events, recentCalls }: ServiceDetails,
  problem: Problem | undefined,
  caller: Caller,
): DetailsView => ({
  serviceId: view.service.serviceId,
  summary: summaryView(view, problem, caller),
  service: recordView(view, problem),
  interface: view.interface === undefined ? emptyInterface : interfaceView(view.interface),
  logs,
  events,
  recentCalls: recentCalls.map(({ at, message, data }) => ({ at, message, data })),
});

/** The interface of a service before its first introspection. */
export const emptyInterface = { interfaceRevision: null, introspectedAt: null, tools: [], resources: [], prompts: [] };

function policyView({ spec: { restartPolicy, origin } }: Manifest): SummaryView['policy'] {
  const { mode, maxRestarts, windowSeconds } = restartPolicy;
  if (!('endpoint' in origin)) return { restart: { mode, maxRestarts, windowSeconds }, remote: null };
  const { timeoutMs, allowedTools = [], maxPayloadBytes, maxConcurrency } = origin;
  return {
    restart: { mode, maxRestarts, windowSeconds },
    remote: { timeoutMs, allowedTools, maxPayloadBytes, maxConcurrency },
  };
}
