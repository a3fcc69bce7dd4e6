import type { Caller } from '../domain/caller.ts';
import { failure } from '../domain/clarity-error.ts';
import type { ErrorCode } from '../domain/error-table.ts';
import { printable } from '../domain/printable.ts';
import type { Health, Lifecycle, Service } from '../domain/service.ts';
import { exposedToolName } from '../domain/tool-name.ts';
import type { Guard } from './guard.ts';
import type { Endpoints } from './gateway/endpoints.ts';
import type { Offer } from './offer.ts';

/** `visible`: listed and callable under its own name. `renamed`: the same under another. `hidden`: callable, not listed. */
export type ToolVisibility = 'visible' | 'renamed' | 'hidden' | 'denied' | 'quarantined' | 'unreachable' | 'unknown';

export interface ExplainedReason {
  readonly code: ErrorCode | 'LISTED' | 'RENAMED' | 'ALIAS';
  readonly text: string;
  /** The mend, where there is something to mend. */
  readonly hint?: string;
}

/** Why a caller sees a tool as it does. The same facts give the same answer. */
export interface Explanation {
  /** As it was asked for. */
  readonly tool: string;
  readonly visibility: ToolVisibility;
  readonly callable: boolean;
  /** Its name on the shared endpoint. */
  readonly name?: string;
  readonly service?: {
    readonly serviceId: string;
    readonly namespace: string;
    readonly lifecycle: Lifecycle;
    readonly health: Health;
  };
  /** What decides comes first. */
  readonly reasons: readonly ExplainedReason[];
}

/** Where the name of a tool leads; `tool` is the service's own name. */
export interface ToolRoute {
  readonly service: Service;
  readonly tool: string;
}

export interface ExplainParts {
  readonly endpoints: () => Endpoints;
  readonly offer: Offer;
  readonly guard: Guard;
  /** Tools that are held back until an operator accepts them. */
  readonly held: (serviceId: string) => ReadonlySet<string>;
  /** The grant that a tool of the runtime itself asks for. */
  readonly grantOf: (route: ToolRoute) => string | undefined;
}

/** Answers why a tool is visible, hidden, renamed, denied, quarantined or unreachable. */
export class Explain {
  readonly #parts: ExplainParts;

  constructor(parts: ExplainParts) {
    this.#parts = parts;
  }

  /** `asker` must be able to read; the answer is about what `subject` sees. */
  async explain(asker: Caller, asked: string, subject: Caller = asker): Promise<Explanation> {
    await this.#parts.guard.require(asker, 'read', { action: 'explain a tool' });
    const tool = printable(asked);
    const found = this.#find(asked, subject);
    if (found === undefined) {
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
    const { lifecycle, health } = this.#parts.offer.status(serviceId);
    const seen = { tool, name, service: { serviceId, namespace, lifecycle, health } };
    const reasons = this.#obstacles(route, subject);
    const [first] = reasons;
    if (first !== undefined) return { ...seen, visibility: visibilityOf(first.code), callable: false, reasons };
    if (this.#parts.offer.unlisted(serviceId, subject).has(route.tool)) {
      const text = 'it is another name of a tool of the runtime: it can be called and is not listed';
      return { ...seen, visibility: 'hidden', callable: true, reasons: [{ code: 'ALIAS', text }] };
    }
    if (name === `${namespace}__${route.tool}`) {
      const text = `it is listed on /mcp as ${name} and on /mcp/${namespace} as ${printable(route.tool)}`;
      return { ...seen, visibility: 'visible', callable: true, reasons: [{ code: 'LISTED', text }] };
    }
    const text = `its name was altered, so that every client takes it and no other tool has it; on /mcp/${namespace} it keeps its own`;
    return { ...seen, visibility: 'renamed', callable: true, reasons: [{ code: 'RENAMED', text }] };
  }

  /** Everything that stands in the way, in the order in which it would be met. */
  #obstacles(route: ToolRoute, { grants }: Caller): readonly ExplainedReason[] {
    const { service, tool } = route;
    const { serviceId } = service;
    const found: ExplainedReason[] = [];
    const add = (code: ErrorCode, subject: string, hint?: string): void => {
      const reason = failure(code, subject, hint === undefined ? {} : { hint });
      found.push({ code, text: reason.message, hint: reason.hint });
    };
    if (!grants.has('call')) add('GRANT_REQUIRED', `it needs 'call'`);
    const grant = this.#parts.grantOf(route);
    if (grant !== undefined && !(grants as ReadonlySet<string>).has(grant)) {
      add(
        'GRANT_REQUIRED',
        `it needs '${grant}'`,
        'start clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1, or use clarityctl',
      );
    }
    if (!service.manifest.spec.enabled) add('SERVICE_DISABLED', serviceId);
    const { lifecycle, lastError } = this.#parts.offer.status(serviceId);
    if (lifecycle === 'QUARANTINED') add('SERVICE_QUARANTINED', serviceId);
    else if (lifecycle !== 'RUNNING') {
      add('SERVICE_STOPPED', `${serviceId} is ${lifecycle}${lastError === undefined ? '' : `: ${lastError}`}`);
    }
    if (this.#parts.held(serviceId).has(tool)) add('TOOL_QUARANTINED', printable(tool));
    return found;
  }

  /** By its name on the shared endpoint, by `<namespace>__<tool>`, or by `<service>/<tool>`. */
  #find(asked: string, subject: Caller): readonly [string, ToolRoute] | undefined {
    const routes = this.#routes(subject);
    const named = routes.get(asked);
    if (named !== undefined) return [asked, named];
    return [...routes].find(
      ([, { service, tool }]) =>
        asked === `${service.namespace}__${tool}` ||
        asked === `${service.namespace}/${tool}` ||
        asked === `${service.serviceId}/${tool}`,
    );
  }

  #routes(caller: Caller): ReadonlyMap<string, ToolRoute> {
    const routes = this.#parts.endpoints().endpoint({ caller })?.tools.routes ?? new Map<string, never>();
    return new Map([...routes].map(([name, { service, definition }]) => [name, { service, tool: definition.name }]));
  }

  #nearby(asked: string, subject: Caller): string {
    const names = [...this.#routes(subject).keys()].sort();
    const cut = exposedToolName(asked, '', 64).split('__')[0] ?? '';
    const near = names.filter((name) => name.startsWith(`${cut}__`)).slice(0, 5);
    return near.length === 0
      ? 'see `clarityctl list` for the services that there are'
      : `there are: ${near.join(', ')}`;
  }
}

function visibilityOf(code: ExplainedReason['code']): ToolVisibility {
  if (code === 'GRANT_REQUIRED') return 'denied';
  return code === 'SERVICE_QUARANTINED' || code === 'TOOL_QUARANTINED' ? 'quarantined' : 'unreachable';
}
