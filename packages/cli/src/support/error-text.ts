/**
 * Returns the message of a thrown value. Errors are recognized by their shape, because they may come from another
 * realm.
 */
export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? error.message
    : String(error);

const SYSTEM_CODE = /^(?:E[A-Z0-9]+|(?:UND_)?ERR_\w+)$/;

/** Returns the system error code, such as `ENOENT`, of a thrown value or of the first of its causes that has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  // Errors of this program have codes of their own, and the system error as their cause.
  if ('code' in error && typeof error.code === 'string' && SYSTEM_CODE.test(error.code)) return error.code;
  return 'cause' in error ? codeOf(error.cause) : undefined;
}

/** Returns the stack of a thrown value, or its message. */
export const stackOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'stack' in error && typeof error.stack === 'string'
    ? error.stack
    : messageOf(error);
