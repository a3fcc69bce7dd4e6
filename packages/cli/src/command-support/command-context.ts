import type { ApiClient } from '../api/api-client.ts';
import type { Environment } from '../support/process-context.ts';
import type { SecretInput } from '../terminal/secret-input.ts';
import type { Output } from '../terminal/output.ts';

/** Everything that a command of `clarityctl` uses. */
export interface CommandContext {
  readonly api: ApiClient;
  /** The token of `api`, for a command that opens its own connection. */
  readonly token?: string;
  /** Workspace of the daemon, if it is one of this machine that was found by its lock. */
  readonly workspace?: string;
  readonly output: Output;
  readonly cwd: string;
  readonly env: Environment;
  /** Aborts when the reader of stdout is gone, so that a following command ends. */
  readonly unread?: AbortSignal;
  readonly secretInput: SecretInput;
  /** Asks for one visible line at the terminal. Undefined without a terminal. */
  readonly askLine?: (question: string, signal?: AbortSignal) => Promise<string>;
  /** Asks at the terminal. Undefined without a terminal. */
  readonly confirm?: (question: string) => Promise<boolean>;
}
