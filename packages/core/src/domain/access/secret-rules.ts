import { ClarityError } from '../errors/clarity-error.ts';
import type { Secret } from './secret.ts';

const MAX_NAME_LENGTH = 200;
const MAX_SEGMENTS = 8;
const MAX_BYTES = 16 * 1024;
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;
/** Part of the names of unfinished writes. */
const UNFINISHED = '.tmp-';

/**
 * Returns whether a name can be stored: at most 200 characters and 8 segments of letters, digits, `.`, `_` and `-`,
 * separated by `/`, none of them `.` or `..`. The name is checked literally, without decoding.
 */
export const isSecretName = (name: string): boolean =>
  name.length <= MAX_NAME_LENGTH &&
  !name.includes(UNFINISHED) &&
  name.split('/').length <= MAX_SEGMENTS &&
  name.split('/').every((segment) => SEGMENT.test(segment));

/**
 * Checks the name of a secret.
 * @throws ClarityError AUTH_REF_INVALID when the name is not valid; the message does not contain the name.
 */
export function assertSecretName(name: string): void {
  if (isSecretName(name)) return;
  throw new ClarityError('AUTH_REF_INVALID', 'a file authRef names a path inside the secrets folder', {
    hint: "write file:<name>: letters, digits, '.', '_' and '-', with '/' between folders, no '..'",
  });
}

/**
 * Checks the value of a secret.
 * @throws ClarityError SECRET_INVALID when a header cannot carry the value, PAYLOAD_TOO_LARGE above 16 KiB of UTF-8.
 */
export function assertSecretValue(secret: Secret): void {
  const value = secret.reveal();
  const bytes = new TextEncoder().encode(value).length;
  if (bytes > MAX_BYTES) {
    throw new ClarityError('PAYLOAD_TOO_LARGE', `a secret has at most ${String(MAX_BYTES)} bytes`, {
      field: 'secret',
    });
  }
  const problem = secretValueProblem(value);
  if (problem !== undefined) throw new ClarityError('SECRET_INVALID', problem, { field: 'secret' });
}

/** Returns the reason why a header cannot carry a value, without any part of it; undefined if it can. */
export function headerValueProblem(value: string): string | undefined {
  if (/^[\x20-\x7e]*$/.test(value)) return undefined;
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  return /[\u0000-\u001f\u007f-\u009f]/.test(value)
    ? 'holds a line break or another control character'
    : 'holds letters beyond ASCII';
}

/** Secrets below this length are hidden in errors and logs, but not in results. */
export const MIN_HIDDEN_LENGTH = 8;

/** Returns the problem of a value, without any part of it; undefined if the value is valid. */
export function secretValueProblem(value: string): string | undefined {
  if (value === '') return 'it is empty';
  if (value !== value.trim()) return 'it begins or ends with a blank';
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(value)) return 'it holds a line break or another control character';
  return /\p{Surrogate}/u.test(value) ? 'it holds half of a character pair' : undefined;
}
