import type { CallLimits } from '../../domain/calls/call-limits.ts';
import type { FailureWords } from '../../domain/errors/library-words.ts';
import type { Implementation } from '../../domain/mcp/mcp.ts';
import type { OriginType } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { Clock, Entropy, GatewayScope, McpGateway, ServiceConnector } from '../../ports/index.ts';
import type { ToolCompatibility } from '../../ports/inbound/service-operations.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { CallHistory } from '../audit/call-history.ts';
import type { CallCounter, LimitCounters } from '../audit/counters.ts';
import type { Backends } from './backends.ts';
import type { CallGovernance } from '../calls/call-pipeline.ts';
import { serviceLimits } from '../support/service-limits.ts';
import type { ServiceSupervisor } from '../services/service-supervisor.ts';
import { ContentRouter } from './content-requests.ts';
import { hasAppPages } from './page-tools.ts';
import { PerClientConnections } from './per-client-connections.ts';
import { Endpoints } from './endpoints.ts';
import { Gateway } from './gateway.ts';
import { GrantDenials, scopesNeeded } from './grant-denials.ts';
import { LoginPrompts, type LoginPromptsDependencies } from './login-prompts.ts';
import { LogLevels } from './log-levels.ts';
import type { InterfaceLimits } from '../../domain/interfaces/interface-limits.ts';
import { ModelCompatibility, refusalReporter } from './model-compatibility.ts';
import { nameFollower } from './name-follower.ts';
import { NameTable, type ToolNaming } from './name-table.ts';
import { ResourceLinks } from './resource-links.ts';
import { ResourceRouter } from './resource-router.ts';
import { ListChangeNotifier } from './list-change-notifier.ts';
import { InputRequiredCalls } from './input-required.ts';
import { ResourceWatch } from './resource-watch.ts';
import { Subscriptions } from './subscriptions.ts';
import { TaskRouter } from './task-router.ts';
import { TaskTable } from './task-table.ts';
import { ToolCaller } from './tool-caller.ts';
import type { UpstreamObserver } from './upstream-observer.ts';
import { EraBridge } from './era-bridge.ts';

export interface GatewayOptions {
  readonly backends: Backends;
  readonly supervisor: ServiceSupervisor;
  /** The connectors without the observer. */
  readonly connectors: ReadonlyMap<OriginType, ServiceConnector>;
  readonly observer: UpstreamObserver;
  readonly calls: Pick<CallGovernance, 'pipeline' | 'isVisible' | 'contents' | 'awaitStart'>;
  readonly refusals: LimitCounters;
  readonly audit: AuditLog;
  readonly tally: CallCounter;
  readonly history: CallHistory;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Limits of requests that set none of their own. */
  readonly limits: CallLimits;
  readonly naming: ToolNaming;
  readonly interfaceLimits: InterfaceLimits;
  /** Stores the names of a service that another service had first. Never rejects. */
  readonly storeYields: (serviceId: string, yields: readonly string[]) => Promise<void>;
  readonly serverInfo: Implementation;
  /** Gives failures the words of their readers. */
  readonly words: FailureWords;
  /** Id of this gateway in the marks of requests. */
  readonly gatewayId: string;
  readonly logins: LoginPromptsDependencies['logins'];
}

/** The gateway of a runtime with its endpoints and change notification. */
export interface RuntimeGateway extends McpGateway {
  readonly endpoints: Endpoints;
  /** Returns the tools of a service that model APIs refuse, at most 50. */
  readonly compatibility: (service: Service) => readonly ToolCompatibility[];
  /** Returns whether an unknown tool name belongs to a service that has never had the login that it wants. */
  awaitsLogin(scope: Pick<GatewayScope, 'caller' | 'service'>, name: string): boolean;
  /** Must be called when the interface or the state of a service changes. */
  changed(serviceId: string): void;
  /** Must be called when a profile changes: clients whose list differs are notified. */
  profilesChanged(): void;
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
    history,
    clock,
    entropy,
    limits,
    naming,
    serverInfo,
    words,
  } = options;
  const onLimit = (limit: LimitName): void => {
    options.refusals.count(limit);
  };
  const names = new NameTable(naming);
  const resources = new ResourceRouter({ backends, names, links: new ResourceLinks(clock) });
  const endpoints = new Endpoints({
    backends,
    observer,
    isVisible: calls.isVisible,
    isContentVisible: (service, kind, name) => calls.contents.isContentVisible(service, kind, name),
    names,
    resources,
    limits: options.interfaceLimits,
  });
  const notifier = new ListChangeNotifier(endpoints, clock);
  const models = new ModelCompatibility(names);
  const watch = new ResourceWatch(supervisor, onLimit, (serviceId, requested) => {
    const service = backends.find(serviceId);
    return service === undefined ? requested : serviceLimits(connectors, service, requested);
  });
  const perClient = new PerClientConnections(connectors, observer, clock, ({ serviceId }, opened) => {
    void supervisor.learnGated(serviceId, opened);
  });
  const inputRequired = new InputRequiredCalls(clock, entropy, onLimit);
  const limitsOf = (service: Service): CallLimits => serviceLimits(connectors, service, limits);
  const shownUri = resources.shownUri.bind(resources);
  const taskTable = new TaskTable(clock, entropy);
  const tasks = new TaskRouter({ table: taskTable, backends, perClient, limitsOf, shownUri, words });
  const bridge = new EraBridge({
    backends,
    perClient,
    inputRequired,
    logLevels: new LogLevels(),
    tasks,
    limitsOf,
    shownUri,
  });
  const denials = new GrantDenials(audit);
  const contents = new ContentRouter({
    words,
    bridge,
    denials,
    resources,
    backends,
    contents: calls.contents,
    awaitStart: calls.awaitStart,
  });
  const judgedAs = backends.judgedAs.bind(backends);
  const followNames = nameFollower(names, options);
  for (const { serviceId } of backends.services()) followNames(serviceId);
  const logins = new LoginPrompts({
    backends,
    words,
    parked: new InputRequiredCalls(clock, entropy, onLimit),
    logins: options.logins,
  });
  const gateway = new Gateway({
    endpoints,
    calls: new ToolCaller({
      pipeline: calls.pipeline,
      bridge,
      audit,
      counter: tally,
      history,
      clock,
      judgedAs,
      denials,
      words,
      logins,
      endpointOf: (scope) => endpoints.endpoint(scope),
    }),
    contents,
    subscriptions: new Subscriptions({ notifier, watch, resources, contents, onLimit }),
    tasks,
    denials,
    serverInfo,
    readForPages: (client, { services }) => {
      for (const service of services) {
        const { serviceId } = service;
        const era = backends.connection(serviceId)?.era;
        const snapshot = backends.snapshot(serviceId);
        if (era === 'legacy' && snapshot !== undefined && hasAppPages(snapshot))
          perClient.readForPages(service, client);
      }
    },
    reaches: ({ service: only }) => {
      const reached = backends
        .services()
        .filter(
          ({ serviceId, namespace }) =>
            (only === undefined || only === namespace || only === serviceId) &&
            backends.connection(serviceId) !== undefined,
        );
      return [
        ...new Set([options.gatewayId, ...reached.flatMap((s) => backends.snapshot(s.serviceId)?.reaches ?? [])]),
      ];
    },
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
  const reportRefused = refusalReporter(models, options);
  observer.listen({
    notified: (serviceId, notification) => {
      watch.notified(serviceId, notification);
      tasks.notified(serviceId, notification);
    },
  });
  return {
    endpoints,
    compatibility: (service) => models.of(service, backends.snapshot(service.serviceId)?.tools ?? []),
    open: (scope) => gateway.open(scope),
    paramHeaders: (scope, tool) => gateway.paramHeaders(scope, tool),
    scopesNeeded: (scope, request) => scopesNeeded({ endpoints, backends }, scope, request),
    awaitsLogin: (scope, name) => logins.serviceOf(scope, name) !== undefined,
    profilesChanged: () => {
      notifier.changed();
    },
    changed: (serviceId) => {
      followNames(serviceId);
      endpoints.invalidate();
      if (backends.find(serviceId) === undefined) taskTable.drop(serviceId);
      if (supervisor.connection(serviceId) === undefined) {
        perClient.drop(serviceId);
        observer.forget(serviceId);
      }
      watch.changed();
      notifier.changed();
      report(serviceId);
      reportRefused(serviceId);
    },
  };
}
