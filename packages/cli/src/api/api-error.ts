import { CliError, type CliErrorDetail } from '../support/cli-error.ts';

/** An error reply of the daemon, with its code of docs/reference/errors.md. */
export class ApiError extends CliError {
  constructor(message: string, code: string | undefined, detail: CliErrorDetail) {
    super(message, { ...detail, code });
  }
}
