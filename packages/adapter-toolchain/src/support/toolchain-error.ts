/** Optional parts of a ToolchainError. */
export interface ToolchainErrorDetail {
  /** The next step of the user, one line. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** A source, a compiler or a build folder that the user can fix. `message` names it and the reason. */
export class ToolchainError extends Error {
  override readonly name = 'ToolchainError';
  readonly hint: string | undefined;

  constructor(message: string, { hint, cause }: ToolchainErrorDetail = {}) {
    super(message, { cause });
    this.hint = hint;
  }
}
