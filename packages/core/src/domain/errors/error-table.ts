import type { ErrorRow } from './error-row.ts';
import { LOGIN_ERRORS } from './login-errors.ts';
import { POLICY_ERRORS } from './policy-errors.ts';
import { RUNTIME_ERRORS } from './runtime-errors.ts';
import { SECRET_ERRORS } from './secret-errors.ts';
import { UPSTREAM_ERRORS } from './upstream-errors.ts';
import { WASM_ERRORS } from './wasm-errors.ts';

export type { ErrorKind } from './error-row.ts';

/** Every published error code with its category, title and remedy. */
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
  NOT_OWNER: {
    kind: 'denied',
    title: 'the service belongs to another caller',
    advice: 'ask an operator to change it, for example with `clarityctl apply`',
  },
  LOOSENING_FORBIDDEN: {
    kind: 'denied',
    title: 'a client may not loosen its service',
    advice: 'keep the fields that are named, or ask an operator to change them with `clarityctl set`',
  },
  ROUTE_NOT_FOUND: { kind: 'absent', title: 'not found', advice: 'see the HTTP API reference for the routes' },
  SERVICE_NOT_FOUND: {
    kind: 'absent',
    title: 'service not found',
    advice: 'list the services with `clarityctl list` and use an id from there',
  },
  TOOL_NOT_FOUND: { kind: 'absent', title: 'unknown tool', advice: 'list the tools and use a name from there' },
  TOOL_QUARANTINED: {
    kind: 'conflict',
    title: 'the tool changed since it was accepted',
    advice: 'look at `clarityctl diff <service>`, then use `clarityctl accept <service>`',
  },
  NAMESPACE_TAKEN: {
    kind: 'conflict',
    title: 'another service already uses this namespace',
    advice: 'set spec.toolNamespace, or --module, to an unused name',
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
  SERVICE_DISABLED: {
    kind: 'conflict',
    title: 'the service is disabled',
    advice: 'enable it with `clarityctl enable`, or apply its manifest with spec.enabled true',
  },
  SERVICE_START_FAILED: {
    kind: 'upstream',
    title: 'the service did not start',
    advice: 'look at `clarityctl logs <service_id>`',
    retryable: true,
  },
  SERVICE_START_TIMEOUT: {
    kind: 'timeout',
    title: 'the service did not start in time',
    advice: 'look at `clarityctl logs <service_id>`',
    retryable: true,
  },
  SERVICE_UNRESPONSIVE: {
    kind: 'timeout',
    title: 'the service does not answer',
    advice: 'look at `clarityctl logs <service_id>`, then restart it',
    retryable: true,
  },
  SERVICE_LOST: {
    kind: 'unavailable',
    title: 'the connection to the service was lost',
    advice: 'look at `clarityctl logs <service_id>`',
    retryable: true,
  },
  SERVICE_CANNOT_ASK: {
    kind: 'exhausted',
    title: 'no connection is free for requests of the service to this client',
    advice: 'try again in a moment; a service has few such connections, and each ends with its client',
    retryable: true,
  },
  ORIGIN_UNSUPPORTED: {
    kind: 'invalid',
    title: 'this runtime has no connector for the origin type',
    advice: 'give the runtime a connector for it',
  },
  WORKSPACE_UNTRUSTED: {
    kind: 'denied',
    title: 'the workspace is not trusted',
    advice: 'run `clarityctl trust` to see what would run, and to allow it',
  },
  REVISION_CONFLICT: {
    kind: 'conflict',
    title: 'the record changed since it was read',
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
    title: 'the artifact does not match its digest',
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
  PAYLOAD_TOO_LARGE: { kind: 'exhausted', title: 'the payload is too large', advice: 'send or ask for less' },
  ...POLICY_ERRORS,
  CALL_CANCELLED: { kind: 'timeout', title: 'the call was cancelled', advice: 'call again', retryable: true },
  APPROVAL_NOT_FOUND: {
    kind: 'absent',
    title: 'approval request not found',
    advice: 'list them with `clarityctl approvals list`',
  },
  APPROVAL_DENIED: {
    kind: 'denied',
    title: 'an operator denied the request',
    advice: 'ask the operator what would be acceptable',
  },
  APPROVALS_FULL: {
    kind: 'exhausted',
    title: 'too many requests wait for an operator',
    advice: 'let the operator decide on them first: `clarityctl approvals list`',
    retryable: true,
  },
  PATH_FORBIDDEN: {
    kind: 'denied',
    title: 'the path is not inside the workspace',
    advice: 'name a path below the workspace that leads through no link',
  },
  FILE_EXISTS: {
    kind: 'conflict',
    title: 'the file exists',
    advice: 'take another name, or set overwrite to true to replace it',
  },
  INSTALL_FORBIDDEN: {
    kind: 'denied',
    title: 'compiler install is disabled',
    advice:
      'start clarityd with CLARITY_ENABLE_COMPILER_INSTALL=1 and name the program in CLARITY_COMPILER_INSTALL_ALLOWLIST',
  },
  COMPILER_UNAVAILABLE: {
    kind: 'unavailable',
    title: 'the compiler cannot be used',
    advice: 'correct CLARITYC_BIN, or leave it out: a compiler is built in',
  },
  COMPILE_FAILED: { kind: 'invalid', title: 'the source does not compile', advice: 'fix the lines that are named' },
  TOO_MANY_STREAMS: {
    kind: 'unavailable',
    title: 'too many event streams are open',
    advice: 'close one, or try again in a moment',
    retryable: true,
  },
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
  CLIENT_CONFIG_REFUSED: {
    kind: 'conflict',
    title: 'the configuration of the client was not changed',
    advice: 'fix the file, then run it again',
  },
  INTERNAL: { kind: 'internal', title: 'internal error', advice: 'look at the log of clarityd for this id' },
  ...RUNTIME_ERRORS,
  ...SECRET_ERRORS,
  ...WASM_ERRORS,
  ...UPSTREAM_ERRORS,
  ...LOGIN_ERRORS,
} as const satisfies Record<string, ErrorRow>;

/** A published error code. */
export type ErrorCode = keyof typeof ERROR_TABLE;

/** Returns the category, the title and the remedy of an error code. */
export const errorRow = (code: ErrorCode): ErrorRow => ERROR_TABLE[code];
