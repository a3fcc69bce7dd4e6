import type { ErrorRow } from './error-row.ts';

/** Error codes of credentials, of secrets and of values that a start needs. */
export const SECRET_ERRORS = {
  TOKEN_INVALID: {
    kind: 'unauthenticated',
    title: 'the access token is not valid: it is unknown, expired or revoked',
    advice: 'create one with `clarityctl token create <name>`, or rotate it with `clarityctl token rotate <name>`',
  },
  ISSUER_UNAVAILABLE: {
    kind: 'unavailable',
    title: 'the keys of the authorization server cannot be read',
    advice: 'try again in a moment; check that the daemon reaches the issuer and that its metadata names the issuer',
    retryable: true,
  },
  TOKEN_DOOR: {
    kind: 'denied',
    title: 'the access token is not for this entry point',
    advice: 'use a token that has this entry point: `clarityctl token create <name> --door mcp,http`',
  },
  TOKEN_NAME_TAKEN: {
    kind: 'conflict',
    title: 'an active token has this name',
    advice: 'take another name, or rotate the token with `clarityctl token rotate <name>`',
  },
  TOKEN_NOT_FOUND: {
    kind: 'absent',
    title: 'no active token has this name',
    advice: 'list the tokens with `clarityctl token list`',
  },
  SECRET_INVALID: {
    kind: 'invalid',
    title: 'the secret value is not valid',
    advice: 'use one line of text without leading or trailing blanks',
  },
  SECRET_NAME_TAKEN: {
    kind: 'conflict',
    title: 'another secret has this name in other letters',
    advice: 'use the name as it is listed, or another one',
  },
  SECRET_HOST_FORBIDDEN: {
    kind: 'denied',
    title: 'the secret may not be used there',
    advice: 'store it with its destinations: `clarityctl auth set-secret <reference> - --host <host>`',
  },
  SECRETS_UNSAFE: {
    kind: 'conflict',
    title: 'the secrets folder is not safe',
    advice: 'make it a real folder that belongs to the user of clarityd and that only this user can write to',
  },
  START_VALUE_MISSING: {
    kind: 'conflict',
    title: 'a value for the start is missing',
    advice: 'set the variable where clarityd starts, or write a default: ${env:NAME:-default}',
  },
} as const satisfies Record<string, ErrorRow>;
