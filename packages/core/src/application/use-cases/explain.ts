import type { Caller } from '../../domain/access/caller.ts';
import { allowsOn, decide, knowsOf, type AccessRequest } from '../../domain/access/decide.ts';
import { failure, type Failure } from '../../domain/errors/clarity-error.ts';
import { toolPrefix } from '../../domain/services/namespace.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Health, Service } from '../../domain/services/service.ts';
import { exposedToolName, toolSurface } from '../../domain/services/tool-names.ts';
import { explainHidden, explainName } from './explain-name.ts';
import { explainRefusals } from './explain-refusals.ts';
import type {
  ExplainedReason,
  Explanation,
  ExplainOperation,
  ToolRoute,
  ToolVisibility,
} from '../../ports/inbound/explanation.ts';
import type { RuntimeGateway } from '../gateway/create-gateway.ts';
import type { Endpoints } from '../gateway/endpoints.ts';
import type { ToolNaming } from '../gateway/name-table.ts';
import { serviceUnavailable } from '../gateway/error-mapping.ts';
import type { Guard } from './guard.ts';
import type { Backends } from '../gateway/backends.ts';
import { circuitRefusal, type CircuitBreakerStatus } from '../../domain/calls/circuit-breaker.ts';

export interface ExplainDependencies {
  readonly endpoints: Endpoints;
  readonly backends: Backends;
  readonly guard: Guard;
  /** Returns the tools in quarantine until an operator accepts them. */
  readonly quarantinedTools: (serviceId: string) => ReadonlySet<string>;
  /** Returns the denial by policy that applies to every call of the tool. */
  readonly refusal: (service: Service, tool: string) => Failure | undefined;
  /** Returns the state of an open circuit. */
  readonly circuit: (serviceId: string) => CircuitBreakerStatus | undefined;
  readonly naming: ToolNaming;
  /** Returns the tools of a service that model APIs refuse. */
  readonly compatibility: RuntimeGateway['compatibility'];
  /** Returns what a control tool requires. */
  readonly accessTo: (route: ToolRoute) => AccessRequest | undefined;
}

/** Explains why a tool is visible, hidden, renamed, denied, quarantined or unreachable. */
export class Explain implements ExplainOperation {
  readonly #dependencies: ExplainDependencies;

  constructor(dependencies: ExplainDependencies) {
    this.#dependencies = dependencies;
  }

  /** `asker` needs the grant `read`. The explanation is about what `subject` sees. */
  async explain(asker: Caller, asked: string, subject: Caller = asker): Promise<Explanation> {
    await this.#dependencies.guard.require(asker, 'read', { action: 'explain a tool', target: 'something' });
    const tool = toPrintableAscii(asked);
    const found = this.#find(asked, subject);
    if (found === undefined) {
      const unread = this.#unread(asked, subject);
      if (unread !== undefined) return { tool, ...unread };
      const { message, hint } = failure('TOOL_NOT_FOUND', tool, { hint: this.#nearby(asked, subject) });
      return {
        tool,
        visibility: 'unknown',
        callable: false,
        reasons: [{ code: 'TOOL_NOT_FOUND', text: message, hint }],
      };
    }
    const [name, route] = found;
    const { serviceId, namespace } = route.service;
    const { lifecycle, health, lastError } = this.#dependencies.backends.status(serviceId);
    const era = this.#dependencies.backends.connection(serviceId)?.era;
    const facts = { serviceId, namespace, lifecycle, health, ...(era === undefined ? {} : { era }) };
    const seen = { tool, name, service: facts };
    const reasons = this.#obstacles(route, subject);
    const [first] = reasons;
    if (first !== undefined) return { ...seen, visibility: visibilityOf(first.code), callable: false, reasons };
    if (this.#dependencies.backends.hiddenTools(serviceId, subject).has(route.tool)) {
      const text = 'it is an alias of a control tool: callable, but not listed';
      return { ...seen, visibility: 'hidden', callable: true, reasons: [{ code: 'ALIAS', text }] };
    }
    if (this.#dependencies.backends.isUnlistedAddition(route.service, route.tool)) {
      const text = 'it is a tool that the runtime adds to a local service: callable, but not listed';
      const hint = 'set CLARITYD_LOCAL_SERVICE_TOOLS=1, and restart clarityd, to list it';
      return { ...seen, visibility: 'hidden', callable: true, reasons: [{ code: 'HIDDEN', text, hint }] };
    }
    if (toolSurface(route.service.manifest, route.tool).hidden === true) {
      return { ...seen, visibility: 'hidden', callable: true, reasons: explainHidden(name, route) };
    }
    const alone = this.#nameAlone(route, subject);
    const [names, isPlain] = explainName({ name, alone }, route, this.#dependencies.naming);
    const compatibility = this.#dependencies.compatibility(route.service).find((each) => each.name === name);
    const named = [...names, ...explainRefusals(compatibility, route.service)];
    if (FAILED_HEALTH.has(health)) {
      const text = `calls are sent, but the last request to the service failed with ${health}: ${lastError ?? 'unknown reason'}`;
      const hint = `see \`clarityctl logs ${serviceId}\`; the next successful request restores the health`;
      return {
        ...seen,
        visibility: 'unreachable',
        callable: true,
        reasons: [{ code: 'UNWELL', text, hint }, ...named],
      };
    }
    return { ...seen, visibility: isPlain ? 'visible' : 'renamed', callable: true, reasons: named };
  }

  /** Returns everything that prevents a call, in the order of the call pipeline. */
  #obstacles(route: ToolRoute, caller: Caller): readonly ExplainedReason[] {
    const { service, tool } = route;
    const { serviceId } = service;
    const found: ExplainedReason[] = [];
    const push = ({ code, message, hint }: Failure): void => {
      found.push({ code, text: message, hint });
    };
    const add = (code: Failure['code'], subject: string, hint?: string): void => {
      push(failure(code, subject, hint === undefined ? {} : { hint }));
    };
    const { namespace, item } = this.#dependencies.backends.judgedAs(service, tool);
    if (!allowsOn(caller, 'call', namespace, item)) add('GRANT_REQUIRED', `it needs 'call'`);
    const access = this.#dependencies.accessTo(route);
    if (access !== undefined && !decide(caller, access).isAllowed) {
      add(
        'GRANT_REQUIRED',
        `it needs '${access.verb}'`,
        'start clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1, or use clarityctl',
      );
    }
    const refusal = this.#dependencies.refusal(service, tool);
    if (refusal !== undefined) push(refusal);
    const status = this.#dependencies.backends.status(serviceId);
    const circuit = status.lifecycle === 'RUNNING' ? this.#dependencies.circuit(serviceId) : undefined;
    if (circuit !== undefined) push(failure('CIRCUIT_OPEN', ...circuitRefusal(service, circuit)));
    if (status.lifecycle !== 'RUNNING' || !service.manifest.spec.enabled)
      push(serviceUnavailable(service, status).failure);
    if (this.#dependencies.quarantinedTools(serviceId).has(tool)) add('TOOL_QUARANTINED', toPrintableAscii(tool));
    return found;
  }

  /** Finds a tool by its name on the shared endpoint, by the unshortened form of that name, or by `<service>/<tool>`. */
  #find(asked: string, subject: Caller): readonly [string, ToolRoute] | undefined {
    const routes = this.#routes(subject);
    const named = routes.get(asked);
    if (named !== undefined) return [asked, named];
    return [...routes].find(
      ([, { service, tool }]) =>
        asked === `${toolPrefix(service)}__${toolSurface(service.manifest, tool).name ?? tool}` ||
        asked === `${service.namespace}__${tool}` ||
        asked === `${service.namespace}/${tool}` ||
        asked === `${service.serviceId}/${tool}`,
    );
  }

  /** Explains a name of a service whose interface was never read: the state of the service is the reason. */
  #unread(asked: string, subject: Caller): Omit<Explanation, 'tool'> | undefined {
    const { backends } = this.#dependencies;
    const service = backends
      .services()
      .find(
        (each) =>
          knowsOf(subject, each.namespace) &&
          backends.snapshot(each.serviceId) === undefined &&
          [`${toolPrefix(each)}__`, `${each.namespace}__`, `${each.namespace}/`, `${each.serviceId}/`].some((start) =>
            asked.startsWith(start),
          ),
      );
    if (service === undefined) return undefined;
    const { serviceId, namespace } = service;
    const status = backends.status(serviceId);
    const { code, message, hint } = serviceUnavailable(service, status).failure;
    const { lifecycle, health } = status;
    const text = `${message}; its tools are not known yet`;
    return {
      visibility: visibilityOf(code),
      callable: false,
      service: { serviceId, namespace, lifecycle, health },
      reasons: [{ code, text, hint }],
    };
  }

  /** Returns the name of the tool on the endpoint of its service. */
  #nameAlone({ service, tool }: ToolRoute, caller: Caller): string {
    const routes = this.#routes(caller, service.serviceId);
    return [...routes].find(([, route]) => route.tool === tool)?.[0] ?? tool;
  }

  #routes(caller: Caller, service?: string): ReadonlyMap<string, ToolRoute> {
    const scope = service === undefined ? { caller } : { caller, service };
    const routes = this.#dependencies.endpoints.endpoint(scope)?.tools.routes ?? new Map<string, never>();
    return new Map([...routes].map(([name, { service, definition }]) => [name, { service, tool: definition.name }]));
  }

  #nearby(asked: string, subject: Caller): string {
    const names = [...this.#routes(subject).keys()].sort();
    const cut = exposedToolName(asked, '', 64).split('__')[0] ?? '';
    const near = names.filter((name) => name.startsWith(`${cut}__`)).slice(0, 5);
    return near.length === 0 ? 'see `clarityctl list` for the services' : `similar names: ${near.join(', ')}`;
  }
}

/** Health values of a running service whose last request failed. */
const FAILED_HEALTH: ReadonlySet<Health> = new Set(['UNREACHABLE', 'TIMEOUT', 'UNAUTHORIZED']);

function visibilityOf(code: ExplainedReason['code']): ToolVisibility {
  switch (code) {
    case 'SERVICE_QUARANTINED':
    case 'TOOL_QUARANTINED':
      return 'quarantined';
    case 'SERVICE_STOPPED':
    case 'SERVICE_DISABLED':
    case 'CIRCUIT_OPEN':
      return 'unreachable';
    default:
      return 'denied';
  }
}
