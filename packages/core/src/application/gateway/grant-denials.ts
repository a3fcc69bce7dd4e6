import type { Caller } from '../../domain/access/caller.ts';
import type { Verb } from '../../domain/access/grant.ts';
import { failure, type Failure } from '../../domain/errors/clarity-error.ts';
import { RpcCode, type McpReply } from '../../domain/mcp/mcp.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { AuditLog } from '../audit/audit-log.ts';

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
