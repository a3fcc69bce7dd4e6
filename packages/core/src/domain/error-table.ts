/** What kind of "no" it is. Edges alone turn a kind into a status code or an exit code. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'denied'
  | 'absent'
  | 'conflict'
  | 'exhausted'
  | 'timeout'
  | 'upstream'
  | 'unavailable'
  | 'internal';

interface ErrorRow {
  readonly kind: ErrorKind;
  readonly title: string;
  /** The mend, as an imperative. */
  readonly advice: string;
  /** The same request may succeed later without a change. */
  readonly retryable?: true;
}

/** Every failure that a stranger can meet: what happened, and the mend. */
export const ERROR_TABLE = {
  REQUEST_INVALID: { kind: 'invalid', title: 'the request is not valid', advice: 'correct the field that is named' },
  MANIFEST_INVALID: { kind: 'invalid', title: 'invalid manifest', advice: 'correct the field that is named' },
  ARGUMENTS_INVALID: {
    kind: 'invalid',
    title: 'the arguments do not fit the tool',
    advice: 'correct the argument that is named; the tool schema has its type',
  },
  TOKEN_REQUIRED: {
    kind: 'unauthenticated',
    title: 'unauthorized',
    advice: 'send the token as "Authorization: Bearer <token>" or "x-clarity-token: <token>"',
  },
  LOOPBACK_REQUIRED: {
    kind: 'denied',
    title: 'forbidden: configure CLARITYD_AUTH_TOKEN for non-loopback access',
    advice: 'start clarityd with CLARITYD_AUTH_TOKEN set, or call it from this machine',
  },
  HOST_FORBIDDEN: {
    kind: 'denied',
    title: 'this host name is not served here',
    advice: 'use localhost, or name the host in CLARITYD_ALLOWED_HOSTS',
  },
  ORIGIN_FORBIDDEN: {
    kind: 'denied',
    title: 'requests from other web origins are refused',
    advice: 'call from a program, or from a page that clarityd itself serves',
  },
  GRANT_REQUIRED: {
    kind: 'denied',
    title: 'the caller may not do this',
    advice: 'use a caller that holds the grant',
  },
  ROUTE_NOT_FOUND: { kind: 'absent', title: 'not found', advice: 'see the HTTP API reference for the routes' },
  SERVICE_NOT_FOUND: {
    kind: 'absent',
    title: 'service not found',
    advice: 'list the services with `clarityctl list` and use an id from there',
  },
  TOOL_NOT_FOUND: { kind: 'absent', title: 'unknown tool', advice: 'list the tools and use a name from there' },
  NAMESPACE_TAKEN: {
    kind: 'conflict',
    title: 'another service already uses this namespace',
    advice: 'set spec.toolNamespace, or --module, to a name of its own',
  },
  NAMESPACE_RESERVED: {
    kind: 'conflict',
    title: 'this namespace is reserved',
    advice: 'set spec.toolNamespace, or --module, to another name',
  },
  SERVICE_STOPPED: {
    kind: 'conflict',
    title: 'the service is not running',
    advice: 'start it with `clarityctl start <service_id>`',
  },
  SERVICE_QUARANTINED: {
    kind: 'conflict',
    title: 'service is quarantined',
    advice: 'look at its logs, then use `clarityctl unquarantine <service_id>`',
  },
  SERVICE_START_FAILED: {
    kind: 'upstream',
    title: 'the service did not start',
    advice: 'look at `clarityctl logs <service_id>`',
    retryable: true,
  },
  ORIGIN_UNSUPPORTED: {
    kind: 'invalid',
    title: 'this runtime has no connector for the origin type',
    advice: 'give the runtime a connector for it',
  },
  REVISION_CONFLICT: {
    kind: 'conflict',
    title: 'somebody else changed it first',
    advice: 'read it again and repeat the change',
    retryable: true,
  },
  ARTIFACT_UNREADABLE: {
    kind: 'invalid',
    title: 'the artifact cannot be read',
    advice: 'name a regular file that the daemon can read',
  },
  ARTIFACT_DIGEST_MISMATCH: {
    kind: 'invalid',
    title: 'the artifact is not the one that was promised',
    advice: 'compile it again and register the new digest',
  },
  MODULE_INVALID: {
    kind: 'invalid',
    title: 'the module cannot be run',
    advice: 'compile it again with clarityc',
  },
  INTERFACE_MISMATCH: {
    kind: 'invalid',
    title: 'the interface document does not fit the module',
    advice: 'compile the source again, so that both are written together',
  },
  WASM_TRAP: {
    kind: 'upstream',
    title: 'the function trapped',
    advice: 'check the arguments; the service is still up',
  },
  WASM_DEADLINE: {
    kind: 'timeout',
    title: 'the function did not return in time',
    advice: 'give it less work, or raise spec.origin.timeoutMs',
  },
  WASM_LIMIT: {
    kind: 'exhausted',
    title: 'the function went over a limit',
    advice: 'ask for less, or raise the limit in the manifest',
  },
  WASM_CAPABILITY: {
    kind: 'denied',
    title: 'the module uses a capability that it was not granted',
    advice: 'remove the call, or use a runtime that grants it',
  },
  WASM_ABI: { kind: 'upstream', title: 'the module broke the ABI', advice: 'compile it again with clarityc' },
  WASM_BUSY: {
    kind: 'exhausted',
    title: 'too many calls are waiting for this service',
    advice: 'try again in a moment',
    retryable: true,
  },
  PAYLOAD_TOO_LARGE: { kind: 'exhausted', title: 'the payload is too large', advice: 'send or ask for less' },
  CALL_CANCELLED: { kind: 'timeout', title: 'the call was cancelled', advice: 'call again', retryable: true },
  COMPILE_FAILED: { kind: 'invalid', title: 'the source does not compile', advice: 'mend the lines that are named' },
  STORAGE_FULL: {
    kind: 'unavailable',
    title: 'the change could not be stored',
    advice: 'free some space in the workspace and try again',
    retryable: true,
  },
  STORE_UNAVAILABLE: {
    kind: 'unavailable',
    title: 'the store does not answer',
    advice: 'try again in a moment',
    retryable: true,
  },
  STORE_CORRUPT: {
    kind: 'internal',
    title: 'stored state is damaged',
    advice: 'run `clarityctl doctor`',
  },
  INTERNAL: { kind: 'internal', title: 'internal error', advice: 'look at the log of clarityd for this id' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export const errorRow = (code: ErrorCode): ErrorRow => ERROR_TABLE[code];
