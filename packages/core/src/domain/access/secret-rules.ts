import { ClarityError } from '../errors/clarity-error.ts';
import type { Secret } from './secret.ts';

const MAX_NAME_LENGTH = 200;
const MAX_SEGMENTS = 8;
const MAX_BYTES = 16 * 1024;
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;
/** Unfinished writes have it in their names. */
const UNFINISHED = '.tmp-';

/**
 * A name of a stored secret: segments of letters, digits, `.`, `_` and `-` with `/` between, none of them `.` or `..`.
 * Taken literally: nothing is decoded, joined or resolved before it is checked.
 */
export const isSecretName = (name: string): boolean =>
  name.length <= MAX_NAME_LENGTH &&
  !name.includes(UNFINISHED) &&
  name.split('/').length <= MAX_SEGMENTS &&
  name.split('/').every((segment) => SEGMENT.test(segment));

/** AUTH_REF_INVALID, in words that are the same for every name that is refused. */
export function assertSecretName(name: string): void {
  if (isSecretName(name)) return;
  throw new ClarityError('AUTH_REF_INVALID', 'a file authRef names a path inside the secrets folder', {
    hint: "write file:<name>: letters, digits, '.', '_' and '-', with '/' between folders, no '..'",
  });
}

/** SECRET_INVALID for what could not be sent later, PAYLOAD_TOO_LARGE above 16 KiB. */
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

/** What is wrong with a value, in words that hold nothing of it. */
export function secretValueProblem(value: string): string | undefined {
  if (value === '') return 'it is empty';
  if (value !== value.trim()) return 'it begins or ends with a blank';
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(value)) return 'it holds a line break or another control character';
  return /\p{Surrogate}/u.test(value) ? 'it holds half of a character pair' : undefined;
}
