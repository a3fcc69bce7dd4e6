import { DEFAULT_INTERFACE_LIMITS } from '../domain/interfaces/interface-limits.ts';
import { CallHistory } from '../application/audit/call-history.ts';
import { CallCounter } from '../application/audit/counters.ts';
import {
  createCallPipeline,
  DEFAULT_RECOVERY_TIMEOUT_MS,
  type CallGovernance,
} from '../application/calls/call-pipeline.ts';
import { createGateway, type RuntimeGateway } from '../application/gateway/create-gateway.ts';
import type { CallLimits } from '../domain/calls/call-limits.ts';
import { failureWords } from '../domain/errors/library-words.ts';
import type { CallPolicy, OriginType } from '../domain/services/manifest.ts';
import { originKind } from '../domain/services/origin-kinds.ts';
import { DEFAULT_MAX_TOOL_NAME } from '../domain/services/tool-names.ts';
import { bind, findAll, type Container } from './container.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import { PART, PORT } from './tokens.ts';

/** Binds the call pipeline and the gateway, and subscribes both to the changes of services. */
export function bindCalls(container: Container): void {
  bind(container, PART.callCounter, (c) => {
    const counter = new CallCounter();
    c.resolve(PART.changes).on('removed', (serviceId) => {
      counter.forget(serviceId);
    });
    return counter;
  });
  bind(container, PART.callHistory, (c) => {
    const history = new CallHistory(c.resolve(PORT.clock), c.resolve(PART.events));
    c.resolve(PART.changes).on('removed', (serviceId) => {
      history.forget(serviceId);
    });
    return history;
  });
  bind(container, PART.pipeline, createPipeline);
  bind(container, PART.naming, (c) => {
    const { maxToolName = DEFAULT_MAX_TOOL_NAME, prefix = 'always' } = c.resolve(PART.options);
    return { maxLength: maxToolName, prefix };
  });
  bind(container, PART.gateway, createRuntimeGateway);
}

function createPipeline(c: Container): CallGovernance {
  const options = c.resolve(PART.options);
  const connectors = c.resolve(PART.connectors);
  const changes = c.resolve(PART.changes);
  const { kinds } = c.resolve(PART.catalog);
  const pipeline = createCallPipeline({
    registry: c.resolve(PORT.policyRegistry),
    supervisor: c.resolve(PART.supervisor),
    audit: c.resolve(PART.audit),
    clock: c.resolve(PORT.clock),
    entropy: c.resolve(PORT.entropy),
    defaultLimits: (origin) => withoutMedia(connectors.get(origin)?.defaultLimits, options, origin),
    defaults: (origin) => ({
      ...originKind(origin, kinds).callDefaults,
      ...optionDefaults(options),
      ...options.callDefaults?.[origin],
    }),
    recoveryTimeoutMs: options.recoveryTimeoutMs ?? DEFAULT_RECOVERY_TIMEOUT_MS,
    limitCounters: c.resolve(PART.limits),
    circuit: options.circuit,
    stages: findAll(c, PORT.callStage),
  });
  changes.on('removed', pipeline.forget);
  changes.on('changed', (serviceId) => {
    pipeline.circuits.changed(serviceId);
  });
  return pipeline;
}

function createRuntimeGateway(c: Container): RuntimeGateway {
  const { id, version } = c.resolve(PART.instance);
  const catalog = c.resolve(PART.catalog);
  const gateway = createGateway({
    // A failed write is repeated after the next start of the service.
    storeYields: (serviceId, yields) => catalog.yieldNames(serviceId, yields).catch(() => undefined),
    backends: c.resolve(PART.backends),
    supervisor: c.resolve(PART.supervisor),
    connectors: c.resolve(PART.connectors),
    observer: c.resolve(PART.observer),
    calls: c.resolve(PART.pipeline),
    refusals: c.resolve(PART.limits),
    audit: c.resolve(PART.audit),
    tally: c.resolve(PART.callCounter),
    history: c.resolve(PART.callHistory),
    clock: c.resolve(PORT.clock),
    entropy: c.resolve(PORT.entropy),
    limits: limitsOf(c.resolve(PART.options)),
    naming: c.resolve(PART.naming),
    interfaceLimits: { ...DEFAULT_INTERFACE_LIMITS, ...c.resolve(PART.options).interfaceLimits },
    serverInfo: { name: 'clarity-runtime', title: 'Clarity Runtime', version },
    gatewayId: id,
    words: failureWords(c.resolve(PART.options).words ?? 'library'),
    logins: () => c.resolve(PART.logins),
  });
  const events = c.resolve(PART.events);
  c.resolve(PART.changes).on('interface-changed', (serviceId) => {
    // Listeners of the event may list the tools, so the gateway is up to date first.
    gateway.changed(serviceId);
    events.publish('tools.changed', { serviceId });
  });
  return gateway;
}

/** Limits of requests that do not pass the call pipeline; 0 selects those of the manifest or of the connector. */
const limitsOf = ({ callTimeoutMs = 0, maxReplyBytes = 0 }: RuntimeOptions): CallLimits => ({
  idleMs: callTimeoutMs,
  totalMs: 0,
  maxReplyBytes,
});

const optionDefaults = ({ callTimeoutMs, maxReplyBytes }: RuntimeOptions): CallPolicy => ({
  ...(callTimeoutMs === undefined ? {} : { timeoutMs: callTimeoutMs }),
  ...(maxReplyBytes === undefined ? {} : { maxResponseBytes: maxReplyBytes }),
});

/** Drops the larger limit for media where an option limits replies. */
function withoutMedia(
  limits: CallLimits | undefined,
  { maxReplyBytes, callDefaults }: RuntimeOptions,
  origin: OriginType,
): CallLimits | undefined {
  if (limits?.maxMediaBytes === undefined) return limits;
  if (maxReplyBytes === undefined && callDefaults?.[origin]?.maxResponseBytes === undefined) return limits;
  const { idleMs, totalMs, maxReplyBytes: usualReplyBytes } = limits;
  return { idleMs, totalMs, maxReplyBytes: usualReplyBytes };
}
