import type { ErrorRow } from './error-row.ts';

/** Errors of the connection to a remote service or a child process. */
export const UPSTREAM_ERRORS = {
  UPSTREAM_UNREACHABLE: {
    kind: 'upstream',
    title: 'the service cannot be reached',
    advice: 'check that it runs and that its endpoint is right',
    retryable: true,
  },
  UPSTREAM_UNAUTHORIZED: {
    kind: 'upstream',
    title: 'the service refused the credential',
    advice: 'check spec.origin.authRef with `clarityctl auth validate <auth_ref>`',
  },
  UPSTREAM_FAILED: {
    kind: 'upstream',
    title: 'the service answered with a failure',
    advice: 'look at the logs of the service, then try again',
    retryable: true,
  },
  UPSTREAM_PROTOCOL: {
    kind: 'upstream',
    title: 'the service broke the protocol',
    advice: 'check that the endpoint is an MCP server; report the defect to its operator',
  },
  UPSTREAM_LOST: {
    kind: 'upstream',
    title: 'the connection to the service was lost',
    advice: 'the call may have been carried out: look before you repeat it',
    retryable: true,
  },
  CIRCUIT_OPEN: {
    kind: 'unavailable',
    title: 'too many calls of this service have failed',
    advice: 'look at `clarityctl logs <service_id>`, fix the cause, then try again later or restart the service',
    retryable: true,
  },
  CALL_TIMED_OUT: {
    kind: 'timeout',
    title: 'the service did not answer in time',
    advice: 'ask for less, or raise the limit that is named',
    retryable: true,
  },
  ENDPOINT_FORBIDDEN: {
    kind: 'denied',
    title: 'this endpoint may not be reached',
    advice: 'name another endpoint, or list the host in CLARITY_REMOTE_ALLOWED_HOSTS',
  },
  PROXY_FORBIDDEN: {
    kind: 'denied',
    title: 'a proxy would resolve a host that is not allowed',
    advice: 'list the host in CLARITY_REMOTE_ALLOWED_HOSTS, or set spec.origin.proxy to none',
  },
  AUTH_REF_INVALID: {
    kind: 'invalid',
    title: 'the credential reference is not valid',
    advice: 'write <name>, env:<VARIABLE>, file:<path> or header_env:<Header>:<VARIABLE>',
  },
  CREDENTIAL_MISSING: {
    kind: 'conflict',
    title: 'the credential is not there',
    advice: 'set the variable or store the secret that is named, then start the service again',
  },
  PROCESS_START_FAILED: {
    kind: 'upstream',
    title: 'the process did not start',
    advice: 'check spec.origin.command, args and cwd, and the logs of the service',
  },
  ISOLATION_UNAVAILABLE: {
    kind: 'conflict',
    title: 'this machine cannot enforce the isolation',
    advice: 'install the program that is named, or remove the member that is named from the manifest',
  },
} as const satisfies Record<string, ErrorRow>;
