import type { CallLimits } from '../../domain/calls/call-limits.ts';
import type { Implementation } from '../../domain/mcp/mcp.ts';
import type { OriginType } from '../../domain/services/manifest.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { Clock, Entropy, McpGateway, ServiceConnector } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { CallCounter, LimitCounters } from '../audit/counters.ts';
import type { Backends } from './backends.ts';
import type { CallGovernance } from '../calls/call-pipeline.ts';
import { serviceLimits } from '../support/service-limits.ts';
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
import { EraBridge } from './era-bridge.ts';

export interface GatewayOptions {
  readonly backends: Backends;
  readonly supervisor: ServiceSupervisor;
  /** The connectors without the observer. */
  readonly connectors: ReadonlyMap<OriginType, ServiceConnector>;
  readonly observer: UpstreamObserver;
  readonly calls: Pick<CallGovernance, 'pipeline' | 'isVisible'>;
  readonly refusals: LimitCounters;
  readonly audit: AuditLog;
  readonly tally: CallCounter;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Limits of requests that set none of their own. */
  readonly limits: CallLimits;
  readonly naming: ToolNaming;
  readonly serverInfo: Implementation;
}

/** The gateway of a runtime with its endpoints and change notification. */
export interface RuntimeGateway extends McpGateway {
  readonly endpoints: Endpoints;
  /** Must be called when the interface or the state of a service changes. */
  changed(serviceId: string): void;
}

/** Creates the gateway, with the observer as source of upstream announcements. */
export function createGateway(options: GatewayOptions): RuntimeGateway {
  const {
    backends,
    supervisor,
    connectors,
    observer,
    calls,
    audit,
    tally,
    clock,
    entropy,
    limits,
    naming,
    serverInfo,
  } = options;
  const onLimit = (limit: LimitName): void => {
    options.refusals.count(limit);
  };
  const endpoints = new Endpoints({ backends, observer, isVisible: calls.isVisible, naming });
  const notifier = new ListChangeNotifier(endpoints, clock);
  const watch = new ResourceWatch(supervisor, onLimit, (serviceId, requested) => {
    const service = backends.find(serviceId);
    return service === undefined ? requested : serviceLimits(connectors, service, requested);
  });
  const perClient = new PerClientConnections(connectors, observer, clock);
  const inputRequired = new InputRequiredCalls(clock, entropy, onLimit);
  const bridge = new EraBridge({
    backends,
    perClient,
    inputRequired,
    logLevels: new LogLevels(),
    limitsOf: (service) => serviceLimits(connectors, service, limits),
  });
  const gateway = new Gateway({
    endpoints,
    calls: new ToolCaller({ pipeline: calls.pipeline, bridge, audit, counter: tally, clock }),
    contents: new ContentRouter(bridge),
    subscriptions: new Subscriptions(notifier, watch),
    serverInfo,
  });
  const reported = new Map<string, string>();
  /** Reports removed hidden characters once per interface revision. */
  const report = (serviceId: string): void => {
    const snapshot = supervisor.snapshot(serviceId);
    const names = snapshot?.cleaned ?? [];
    if (snapshot === undefined || names.length === 0 || reported.get(serviceId) === snapshot.interfaceRevision) return;
    reported.set(serviceId, snapshot.interfaceRevision);
    const message = 'Hidden characters were removed from the interface';
    audit.note({ kind: 'interface.cleaned', level: 'warn', message, serviceId, data: { names } });
  };
  observer.listen({
    announced: (serviceId, list) => {
      notifier.announced(serviceId, list);
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
        perClient.drop(serviceId);
        observer.forget(serviceId);
      }
      watch.changed();
      notifier.changed();
      report(serviceId);
    },
  };
}
