import { Problem, type ProblemDetail } from '../support/cli-error.ts';

/** A refusal of the daemon, with the code of its error table. */
export class ApiRefusal extends Problem {
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined, detail: ProblemDetail) {
    super(message, detail);
    this.code = code;
  }
}
