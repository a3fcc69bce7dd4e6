import { DEFAULT_SUPERVISION } from '../application/services/supervision-options.ts';
import type { AuditTrail } from '../ports/inbound/audit-trail.ts';
import type { Runtime, RuntimeInstance } from '../ports/inbound/runtime.ts';
import { inWordsOfLibrary } from '../domain/errors/library-words.ts';
import { hex } from '../domain/text/hex.ts';
import { closablePorts, foreignCaller, runtimeClosed, type ClosablePorts, type PortDoors } from './closable-ports.ts';
import { bind, type Container } from './container.ts';
import { RuntimeLifecycle } from './runtime-lifecycle.ts';
import { tenantOf } from './tenant-ports.ts';
import { PART, PORT } from './tokens.ts';
import { VERSION } from './version.ts';

/** Binds the instance, the lifecycle and the inbound ports of a runtime. */
export function bindRuntime(container: Container): void {
  bind(container, PART.instance, createInstance);
  bind(container, PART.lifecycle, createLifecycle);
  bind(container, PART.runtime, assembleRuntime);
}

function createInstance(c: Container): RuntimeInstance {
  const id = hex(c.resolve(PORT.entropy).bytes(8));
  const { version = VERSION } = c.resolve(PART.options);
  return { id, version, startedAt: c.resolve(PORT.clock).wall().toISOString() };
}

const createLifecycle = (c: Container): RuntimeLifecycle =>
  new RuntimeLifecycle({
    audit: c.resolve(PART.audit),
    catalog: c.resolve(PART.catalog),
    clock: c.resolve(PORT.clock),
    closeLimitMs: { ...DEFAULT_SUPERVISION, ...c.resolve(PART.options).supervision }.stopLimitMs,
    events: c.resolve(PART.events),
    instance: c.resolve(PART.instance),
    interfaces: c.resolve(PART.interfaceMemory),
    lifetime: c.resolve(PART.lifetime),
    policies: c.resolve(PART.pipeline).policies,
    supervisor: c.resolve(PART.supervisor),
    logins: c.resolve(PART.loginVault),
    tokens: c.resolve(PART.tokens),
    profiles: c.resolve(PART.profiles),
    approvals: c.resolve(PART.approvals),
    trust: c.resolve(PORT.workspaceTrust),
  });

/** Members are own properties, so that an embedder can wrap a runtime: `{ ...runtime, audit: { ...runtime.audit, page } }`. */
function assembleRuntime(c: Container): Runtime {
  const events = c.resolve(PART.events);
  const explanations = c.resolve(PART.explain);
  const lifecycle = c.resolve(PART.lifecycle);
  const metrics = c.resolve(PART.metrics);
  const close = (): Promise<void> => lifecycle.close();
  const { words = 'library' } = c.resolve(PART.options);
  const tenant = tenantOf(c);
  const doors: PortDoors = {
    tenant,
    isClosed: () => lifecycle.isClosed,
    inWords: words === 'library' ? inWordsOfLibrary : (error) => error,
  };
  const whileOpen = async <T>(operation: () => Promise<T>): Promise<T> => {
    if (lifecycle.isClosed) throw runtimeClosed();
    return operation().catch((error: unknown) => {
      throw doors.inWords(error);
    });
  };
  return {
    ...closablePorts(resolvePorts(c), doors),
    instance: c.resolve(PART.instance),
    systemTools: c.resolve(PART.controlTools).map(({ name }) => `runtime__${name}`),
    explain: (caller, tool, subject) =>
      whileOpen(() => {
        for (const each of [caller, subject]) {
          const foreign = foreignCaller(each, tenant);
          if (foreign !== undefined) return Promise.reject(foreign);
        }
        return explanations.explain(caller, tool, subject);
      }),
    limits: metrics.limits,
    storage: () => metrics.storage(),
    metrics: () => metrics.metrics(),
    autostart: () => whileOpen(() => lifecycle.autostart()),
    retryWaiting: () => whileOpen(() => lifecycle.retryWaiting()),
    on: (name, listener) => events.on(name, listener),
    close,
    [Symbol.asyncDispose]: close,
  };
}

const resolvePorts = (c: Container): ClosablePorts => ({
  services: c.resolve(PART.services),
  secrets: c.resolve(PART.secrets),
  bootstrap: c.resolve(PART.clientSetup),
  policies: c.resolve(PART.policies),
  gateway: c.resolve(PART.gateway),
  tools: c.resolve(PART.tools),
  audit: assembleAuditTrail(c),
  interfaces: c.resolve(PART.reviewer),
  approvals: c.resolve(PART.approvals),
  tokens: c.resolve(PART.tokens),
  profiles: c.resolve(PART.profiles),
  logins: c.resolve(PART.logins),
  trust: c.resolve(PART.trust),
  overview: c.resolve(PART.overview),
});

function assembleAuditTrail(c: Container): AuditTrail {
  const timeline = c.resolve(PART.audits);
  return {
    record: (event) => timeline.record(event),
    recent: (caller, query) => timeline.recent(caller, query),
    page: (caller, filter) => timeline.page(caller, filter),
    replay: (caller, after, limit) => timeline.replay(caller, after, limit),
    cursorOf: (event) => timeline.cursorOf(event),
    verify: (caller, expect) => timeline.verify(caller, expect),
    logs: (caller, serviceId, limit) => timeline.logs(caller, serviceId, limit),
  };
}
