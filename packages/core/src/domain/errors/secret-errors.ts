import type { ErrorRow } from './error-row.ts';

/** Error codes of secrets and of values that a start needs. */
export const SECRET_ERRORS = {
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
