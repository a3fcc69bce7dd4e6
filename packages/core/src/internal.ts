/** Door for the packages of this repository. Embedders use the other doors: a name may leave this one in any release. */
export { ClientSetup } from './application/use-cases/client-setup.ts';
export { systemEntropy } from './composition/system-entropy.ts';
export { AUTH_SCHEMES, isOwnVariable, isReservedHeader, parseAuthRef } from './domain/access/auth-ref.ts';
export { systemCaller } from './domain/access/caller.ts';
export { allowedInstallers } from './domain/access/installer-rules.ts';
export { secretValueProblem } from './domain/access/secret-rules.ts';
export { LIMIT_NAMES } from './domain/audit/limit-name.ts';
export { callBounds, type CallBounds } from './domain/calls/call-limits.ts';
export { CALL_DURATION_BUCKETS, CALL_OUTCOMES } from './domain/calls/call-metrics.ts';
export { manifestPolicy } from './domain/calls/effective-policy.ts';
export { defaultPolicy } from './domain/calls/policy-document.ts';
export { sha256Hex } from './domain/json/digest.ts';
export { failedToolResult } from './domain/mcp/tool-result.ts';
export { normalizeNamespace, RESERVED_NAMESPACES } from './domain/services/namespace.ts';
export { deriveServiceId } from './domain/services/service-id.ts';
export { redactedManifest } from './domain/services/shown-manifest.ts';
export { DEFAULT_MAX_TOOL_NAME, exposedToolName, MAX_TOOL_NAME_LENGTH } from './domain/services/tool-names.ts';
export { toPrintableAscii } from './domain/text/safe-text.ts';
