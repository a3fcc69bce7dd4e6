/** Door for the packages of this repository. Embedders use the other doors: a name may leave this one in any release. */
export { ClientSetup } from './application/use-cases/client-setup.ts';
export { VERSION } from './composition/version.ts';
export { systemEntropy } from './composition/system-entropy.ts';
export { AUTH_SCHEMES, isOwnVariable, isReservedHeader, parseAuthRef } from './domain/access/auth-ref.ts';
export { lazyModule } from './application/support/lazy-module.ts';
export { ServiceValues } from './application/use-cases/service-values.ts';
export { assertHeaderValue, checkCredential } from './application/use-cases/credentials.ts';
export { callerRecord, isModel, systemCaller } from './domain/access/caller.ts';
export { isClientDoor, isOperator, onBehalfOf, OPERATOR, registrantOf } from './domain/access/registrant.ts';
export { hostOf } from './domain/access/secret-scope.ts';
export { DEFAULT_TENANT, isTenantId } from './domain/access/tenant.ts';
export { principalKey } from './domain/access/principal-key.ts';
export { accessKey, decide, grantRequired, hasVerb, heldVerbs } from './domain/access/decide.ts';
export { ROLES, VERBS, type Role } from './domain/access/grant.ts';
export { TOKEN_PREFIX } from './domain/access/token-text.ts';
export { allowedInstallers } from './domain/access/installer-rules.ts';
export { secretValueProblem } from './domain/access/secret-rules.ts';
export { EVENT_KINDS } from './domain/audit/event-kinds.ts';
export { LIMIT_NAMES } from './domain/audit/limit-name.ts';
export { resolveCallLimits } from './domain/calls/call-limits.ts';
export { CancellationSource, isCancelled, toCancellation, withSignal } from './domain/calls/cancellation.ts';
export { CALL_DURATION_BUCKETS, CALL_OUTCOMES } from './domain/calls/call-metrics.ts';
export { POLICY_KNOBS, type PolicyKnob, type PolicyKnobName } from './domain/services/policy-knobs.ts';
export { manifestPolicy } from './domain/calls/effective-policy.ts';
export { FairPool } from './domain/calls/fair-pool.ts';
export { defaultPolicy } from './domain/calls/policy-document.ts';
export { contentDigest, sha256Hex } from './domain/json/digest.ts';
export { defined } from './domain/json/defined.ts';
export { failureWords } from './domain/errors/library-words.ts';
export { PROFILE_AUTHS } from './domain/access/profile.ts';
export { EXPIRY_NOTICE_MS, expiresSoon } from './domain/access/token-record.ts';
export { failedToolResult } from './domain/mcp/tool-result.ts';
export { DEFAULT_ENTRY, DEFAULT_RESTART_POLICY } from './domain/services/manifest-defaults.ts';
export { GUEST_METHODS } from './domain/services/schema-parts.ts';
export { inProcessOrigin } from './domain/services/in-process-origin.ts';
export {
  BUILT_IN_KINDS,
  isRemote,
  ORIGIN_KINDS,
  originKind,
  originMember,
  workspaceFileOf,
} from './domain/services/origin-kinds.ts';
export { namespaceOf, normalizeNamespace, RESERVED_NAMESPACES } from './domain/services/namespace.ts';
export type { Problem } from './domain/services/problem.ts';
export { PERMANENT } from './domain/services/failure-class.ts';
export { needsAttention, statusWord, STATUS_WORDS, type StatusWord } from './domain/services/status-word.ts';
export { isPackageRunner, programName, startLimits } from './domain/services/start-limits.ts';
export { serviceDigest } from './domain/services/service-digest.ts';
export { deriveServiceId, programKey } from './domain/services/service-id.ts';
export { HOPS_HEADER, HOPS_META, circleOf, hopsIn } from './domain/mcp/gateway-hops.ts';
export { objectOf } from './domain/json/json-members.ts';
export { isSevere } from './domain/interfaces/model-rules.ts';
export { judgePacked } from './domain/interfaces/interface-judgement.ts';
export { Redactor } from './domain/access/redactor.ts';
export type { CallingClient } from './domain/calls/seen-clients.ts';
export { shownOrigin } from './application/use-cases/service-row.ts';
export { hiddenValues, redactedManifest, shownSource } from './domain/services/shown-manifest.ts';
export { withToolVisibility } from './domain/services/tool-visibility.ts';
export { DEFAULT_MAX_TOOL_NAME, exposedToolName, MAX_TOOL_NAME_LENGTH } from './domain/services/tool-names.ts';
export { decodeText } from './domain/text/decode-text.ts';
export { normalizeText } from './domain/text/normalize-text.ts';
export { toPrintableAscii, valueText } from './domain/text/safe-text.ts';
export { importPlan, type ImportPlanRow, type RegisteredService } from './domain/import/import-plan.ts';
export type {
  FoundInput,
  FoundPair,
  FoundPlace,
  FoundProcess,
  FoundRemote,
  FoundServer,
} from './domain/import/found-server.ts';
export { importedManifest, type PlannedServer } from './domain/import/planned-server.ts';
export { launchIdentity } from './domain/import/launch-identity.ts';
export {
  isSecretHeader,
  isSecretName as isSecretVariable,
  isSecretParameter,
  isSecretValue,
} from './domain/import/secret-shape.ts';
export { needsOf, type ImportNeed, type ValueTemplate } from './domain/import/value-template.ts';
export { valueParts, type ReferenceSyntax } from './domain/import/value-reference.ts';
export { schemaValidator } from './validation/index.ts';
export type { Removal } from './application/control/deprovision.ts';
