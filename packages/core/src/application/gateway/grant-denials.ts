import type { Caller } from '../../domain/access/caller.ts';
import { hasVerb } from '../../domain/access/decide.ts';
import type { Verb } from '../../domain/access/grant.ts';
import { failure, type Failure } from '../../domain/errors/clarity-error.ts';
import { RpcCode, type McpReply, type McpRequest } from '../../domain/mcp/mcp.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { GatewayScope } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Backends } from './backends.ts';
import type { Endpoints } from './endpoints.ts';

/** The request of a caller without the grant for it. */
export interface DeniedRequest {
  readonly caller: Caller;
  readonly grant: Verb;
  /** Method of MCP, such as `prompts/get`. */
  readonly action: string;
  /** Name of a tool or a prompt, or URI of a resource, with the service that has it. */
  readonly item?: { readonly serviceId: string; readonly name: string };
}

/** Records refusals of the gateway for want of a grant, and returns their failure or error reply. */
export class GrantDenials {
  readonly #audit: Pick<AuditLog, 'note'>;

  constructor(audit: Pick<AuditLog, 'note'>) {
    this.#audit = audit;
  }

  failure({ caller, grant, action, item }: DeniedRequest): Failure {
    const name = item === undefined ? undefined : toPrintableAscii(item.name);
    this.#audit.note({
      kind: 'security.denied',
      level: 'warn',
      message: `Refused ${action}${name === undefined ? '' : ` of ${name}`}: it requires '${grant}'`,
      caller,
      ...(item === undefined ? {} : { serviceId: item.serviceId }),
      data: { action, grant, ...(name === undefined ? {} : { name }) },
    });
    return failure('GRANT_REQUIRED', `it needs '${grant}'`);
  }

  reply(request: DeniedRequest): Extract<McpReply, { error: unknown }> {
    return { error: { code: RpcCode.invalidRequest, message: this.failure(request).message } };
  }
}

const READING: ReadonlySet<string> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/subscribe',
  'subscriptions/listen',
]);
const USING: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'completion/complete', 'resources/read']);

/** Returns the verbs that every request of a method needs. */
const verbsOf = (method: string): readonly Verb[] =>
  USING.has(method) || method.startsWith('tasks/') ? ['read', 'call'] : READING.has(method) ? ['read'] : [];

/**
 * Returns the verbs that a request needs, those of its tool included, if its caller lacks some that a login with more scopes would
 * add; undefined if it lacks none, or one that no login adds.
 */
export function scopesNeeded(
  { endpoints, backends }: { readonly endpoints: Endpoints; readonly backends: Backends },
  scope: Pick<GatewayScope, 'service' | 'caller'>,
  { method, params }: McpRequest,
): readonly Verb[] | undefined {
  const { offered = [] } = scope.caller;
  if (offered.length === 0) return undefined;
  const name = method === 'tools/call' ? params.get('name')?.value : undefined;
  const route = typeof name === 'string' ? endpoints.endpoint(scope)?.tools.routes.get(name) : undefined;
  const own = route === undefined ? undefined : backends.verbOf(route.service, route.definition.name);
  const needed = [...new Set([...verbsOf(method), ...(own === undefined ? [] : [own])])];
  const missing = needed.filter((verb) => !hasVerb(scope.caller, verb));
  return missing.length > 0 && missing.every((verb) => offered.includes(verb)) ? needed : undefined;
}
