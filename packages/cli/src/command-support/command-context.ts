import type { ApiClient } from '../api/api-client.ts';
import type { Environment } from '../support/process-context.ts';
import type { SecretInput } from '../terminal/secret-input.ts';
import type { Output } from '../terminal/output.ts';

/** What a command of `clarityctl` works with. */
export interface CommandContext {
  readonly api: ApiClient;
  /** What `api` shows the daemon, for a command that speaks to it otherwise. */
  readonly token?: string;
  readonly output: Output;
  readonly cwd: string;
  readonly env: Environment;
  /** Aborts when whoever read the output has gone: what would go on for ever ends. */
  readonly unread?: AbortSignal;
  readonly secretInput: SecretInput;
  /** Asks the person at the terminal; undefined when there is none. */
  readonly confirm?: (question: string) => Promise<boolean>;
}
