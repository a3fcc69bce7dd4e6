/**
 * Returns the message of a thrown value. Errors are recognized by their shape, because they may come from another
 * realm.
 */
export const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? error.message
    : String(error);

/** Codes of the operating system, of Node and of its HTTP client. Errors of this program have codes of their own. */
const SYSTEM_CODE = /^(?:E[A-Z0-9]+|(?:UND_)?ERR_\w+)$/;

/** Causes that are looked at: a thrown value can be its own cause. */
const MAX_CAUSES = 16;

/** Returns a thrown value and its causes, outermost first. */
function causesOf(error: unknown): readonly object[] {
  const causes: object[] = [];
  let next = error;
  while (typeof next === 'object' && next !== null && causes.length < MAX_CAUSES) {
    causes.push(next);
    next = 'cause' in next ? next.cause : undefined;
  }
  return causes;
}

/** Returns the system error code, such as `ENOENT`, of a thrown value or of the first of its causes that has one. */
export function codeOf(error: unknown): string | undefined {
  const codes = causesOf(error).map((cause) => ('code' in cause ? cause.code : undefined));
  return codes.find((code): code is string => typeof code === 'string' && SYSTEM_CODE.test(code));
}

/** Returns the message of the innermost cause of a thrown value: `fetch failed` says nothing, its cause does. */
export const rootMessageOf = (error: unknown): string => messageOf(causesOf(error).at(-1) ?? error);

/** Returns the stack of a thrown value, or its message. */
export const stackOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'stack' in error && typeof error.stack === 'string'
    ? error.stack
    : messageOf(error);

/** Returns a failure of one of several things, with its remedy in a second line. */
export const failureText = (subject: string, error: string, hint?: string): string =>
  `${error.startsWith(`${subject} `) ? error : `${subject}: ${error}`}${hint === undefined ? '' : `\n  fix: ${hint}`}`;
