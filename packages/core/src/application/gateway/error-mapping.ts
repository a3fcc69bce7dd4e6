import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { Service, ServiceStatus } from '../../domain/services/service.ts';
import { RpcCode, type Era, type McpReply, type McpRequest, type RpcError } from '../../domain/mcp/mcp.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';

/** Returns the error of a call to a service that does not run, with a hint. */
export function serviceUnavailable(
  { serviceId, namespace, manifest }: Service,
  { lifecycle, lastError }: Pick<ServiceStatus, 'lifecycle' | 'lastError'>,
): ClarityError {
  if (lifecycle === 'QUARANTINED') {
    const hint = `run \`clarityctl logs ${serviceId}\`, then \`clarityctl unquarantine ${serviceId}\``;
    const reason = lastError === undefined ? namespace : `${namespace}: ${lastError}`;
    return new ClarityError('SERVICE_QUARANTINED', reason, { hint });
  }
  if (lifecycle === 'NEEDS_LOGIN') {
    // `lastError` has the title of the error already.
    const reason = lastError?.replace(/^[^:]*: /, '') ?? `${namespace}: it has no valid login`;
    return new ClarityError('LOGIN_REQUIRED', reason, { hint: `run \`clarityctl auth login ${namespace}\`` });
  }
  if (!manifest.spec.enabled) return new ClarityError('SERVICE_DISABLED', namespace);
  const reason =
    lastError === undefined ? `${namespace} is ${lifecycle}` : `${namespace} is ${lifecycle}: ${lastError}`;
  return new ClarityError('SERVICE_STOPPED', reason, { hint: `start it with \`clarityctl start ${serviceId}\`` });
}

/** Error codes of the legacy revisions only. */
const RESOURCE_NOT_FOUND = -32002;
const URL_ELICITATION_REQUIRED = -32042;

const MODERN_ONLY: ReadonlySet<number> = new Set([
  RpcCode.headerMismatch,
  RpcCode.missingClientCapability,
  RpcCode.unsupportedProtocolVersion,
]);

/** Returns the error of an unknown resource: -32602 in the modern era, -32002 in the legacy era. */
export const resourceNotFound = (era: Era, uri: string): RpcError => ({
  code: era === 'modern' ? RpcCode.invalidParams : RESOURCE_NOT_FOUND,
  message: `resource not found: ${toPrintableAscii(uri)}`,
  data: { uri },
});

/** Returns true if the error means that the service does not have the target. */
export const isNotFound = ({ code }: RpcError): boolean =>
  code === RESOURCE_NOT_FOUND || code === RpcCode.invalidParams || code === RpcCode.methodNotFound;

/** Translates the code of an error into the era of the client; codes that both eras know are unchanged. */
export function toClientError(reply: McpReply, era: Era, { method, params }: McpRequest): McpReply {
  if (!('error' in reply)) return reply;
  const { error } = reply;
  if (era === 'modern') {
    if (error.code === RESOURCE_NOT_FOUND) {
      const uri = params.get('uri')?.value;
      return { error: { ...error, code: RpcCode.invalidParams, data: error.data ?? { uri } } };
    }
    return error.code === URL_ELICITATION_REQUIRED ? { error: { ...error, code: RpcCode.invalidRequest } } : reply;
  }
  if (MODERN_ONLY.has(error.code)) return { error: { ...error, code: RpcCode.invalidRequest } };
  const hasUri = typeof error.data === 'object' && error.data !== null && 'uri' in error.data;
  const isMissing = method === 'resources/read' && error.code === RpcCode.invalidParams && hasUri;
  return isMissing ? { error: { ...error, code: RESOURCE_NOT_FOUND } } : reply;
}
