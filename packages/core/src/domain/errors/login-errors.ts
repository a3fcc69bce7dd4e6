import type { ErrorRow } from './error-row.ts';

/** Errors of logins to remote services (docs/guides/login.md). */
export const LOGIN_ERRORS = {
  LOGIN_REQUIRED: {
    kind: 'conflict',
    title: 'the service wants a login',
    advice: 'run `clarityctl auth login <service>`',
  },
  LOGIN_CLIENT_NEEDED: {
    kind: 'invalid',
    title: 'the authorization server does not register clients by itself',
    advice: 'register a client with the redirect URI that is named, then set spec.origin.auth.client',
  },
  LOGIN_DENIED: {
    kind: 'denied',
    title: 'the authorization server refused the login',
    advice: 'start the login again and allow it',
  },
  LOGIN_DISCOVERY_FAILED: {
    kind: 'upstream',
    title: 'the authorization server was not found',
    advice: 'check the network, or set spec.origin.auth.issuer',
    retryable: true,
  },
  LOGIN_EXPIRED: {
    kind: 'absent',
    title: 'this login does not exist any more',
    advice: 'start the login again',
  },
  LOGIN_FAILED: {
    kind: 'upstream',
    title: 'the login failed',
    advice: 'start the login again; `clarityctl auth status` shows the settings that are used',
    retryable: true,
  },
  LOGIN_ISSUER_MISMATCH: {
    kind: 'denied',
    title: 'the authorization server is not the one that was named',
    advice: 'compare the two issuers; set spec.origin.auth.issuer and metadataUrl if both are right',
  },
  LOGIN_PKCE_UNSUPPORTED: {
    kind: 'invalid',
    title: 'the authorization server does not name PKCE with S256',
    advice: 'set spec.origin.auth.assumePkce if the server supports it',
  },
  UPSTREAM_SCOPE_NEEDED: {
    kind: 'denied',
    title: 'the login does not cover this request',
    advice: 'run `clarityctl auth login <service>` and allow the scopes that are named',
  },
  CREDENTIAL_REFRESH_FAILED: {
    kind: 'upstream',
    title: 'the access token cannot be renewed now',
    advice: 'check the network; the runtime tries again with the next request',
    retryable: true,
  },
  KEY_UNAVAILABLE: {
    kind: 'unavailable',
    title: 'the stored login cannot be decrypted',
    advice: 'restore the key file that is named, or log in again',
  },
} as const satisfies Record<string, ErrorRow>;
