import type { Implementation } from '../../domain/mcp/mcp.ts';
import type { OriginType } from '../../domain/services/manifest.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { Clock, Entropy, McpGateway, ServiceConnector } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { CallCounter, LimitCounters } from '../audit/counters.ts';
import type { Backends } from './backends.ts';
import type { CallPipeline } from '../calls/call-pipeline.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';
import { ContentRouter } from './content-requests.ts';
import { PerClientConnections } from './per-client-connections.ts';
import { Endpoints } from './endpoints.ts';
import { Gateway } from './gateway.ts';
import { LogLevels } from './log-levels.ts';
import type { ToolNaming } from './tool-router.ts';
import { ListChangeNotifier } from './list-change-notifier.ts';
import { InputRequiredCalls } from './input-required.ts';
import { ResourceWatch } from './resource-watch.ts';
import { Subscriptions } from './subscriptions.ts';
import { ToolCaller } from './tool-caller.ts';
import type { UpstreamObserver } from './upstream-observer.ts';
import { EraBridge, type CallLimits } from './era-bridge.ts';

export interface GatewayOptions {
  readonly offer: Backends;
  readonly supervisor: ServiceSupervisor;
  /** As they were given, past the ear of `facts`. */
  readonly connectors: ReadonlyMap<OriginType, ServiceConnector>;
  readonly facts: UpstreamObserver;
  /** Policy and recovery of calls. */
  readonly calls: CallPipeline;
  readonly refusals: LimitCounters;
  readonly audit: AuditLog;
  readonly tally: CallCounter;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly limits: CallLimits;
  readonly naming: ToolNaming;
  readonly serverInfo: Implementation;
}

export interface RuntimeGateway extends McpGateway {
  readonly endpoints: Endpoints;
  /** What the service offers, or whether it does, has changed. */
  changed(serviceId: string): void;
}

export function createGateway(setting: GatewayOptions): RuntimeGateway {
  const { offer, supervisor, connectors, facts, calls, audit, tally, clock, entropy, limits, naming, serverInfo } =
    setting;
  const refused = (what: LimitName): void => {
    setting.refusals.count(what);
  };
  const endpoints = new Endpoints({ offer, facts, road: calls, naming });
  const board = new ListChangeNotifier(endpoints, clock);
  const watch = new ResourceWatch(supervisor, refused);
  const dedicated = new PerClientConnections(connectors, facts, clock);
  const parked = new InputRequiredCalls(clock, entropy, refused);
  const road = new EraBridge({ offer, dedicated, parked, levels: new LogLevels(), limits });
  const gateway = new Gateway({
    endpoints,
    calls: new ToolCaller({ calls, road, audit, tally, clock }),
    contents: new ContentRouter(road),
    subscriptions: new Subscriptions(board, watch),
    serverInfo,
  });
  const cleaned = new Map<string, string>();
  /** Once per revision: what was taken out is for the operator to know. */
  const report = (serviceId: string): void => {
    const snapshot = supervisor.snapshot(serviceId);
    const names = snapshot?.cleaned ?? [];
    if (snapshot === undefined || names.length === 0 || cleaned.get(serviceId) === snapshot.interfaceRevision) return;
    cleaned.set(serviceId, snapshot.interfaceRevision);
    const message = 'Hidden characters were taken out of the interface';
    audit.note({ kind: 'interface.cleaned', level: 'warn', message, serviceId, data: { names } });
  };
  facts.listen({
    announced: (serviceId, list) => {
      board.announced(serviceId, list);
    },
    notified: (serviceId, notification) => {
      watch.notified(serviceId, notification);
    },
  });
  return {
    endpoints,
    open: (scope) => gateway.open(scope),
    paramHeaders: (scope, tool) => gateway.paramHeaders(scope, tool),
    changed: (serviceId) => {
      endpoints.invalidate();
      if (supervisor.connection(serviceId) === undefined) {
        dedicated.drop(serviceId);
        facts.forget(serviceId);
      }
      watch.changed();
      board.changed();
      report(serviceId);
    },
  };
}
