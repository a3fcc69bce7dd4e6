import { CliError, toCliError } from '../support/cli-error.ts';
import { messageOf } from '../support/error-text.ts';

/** Maximum number of problems that a detail names. */
const MAX_NAMED = 20;

/** One problem that a check found. */
export interface DoctorFinding {
  /** Group of the check: D1 services, D2 launch, D3 tools, D5 settings, D6 context, D7 leftovers, D8 clients, D0 others. */
  readonly id: string;
  readonly level: 'warn' | 'fail';
  readonly service?: string;
  readonly text: string;
  /** Command or step that repairs it. */
  readonly fix?: string;
}

/** A problem of one service or client, before its check is known. */
export type FoundProblem = Pick<DoctorFinding, 'service' | 'text' | 'fix'>;

/** Several problems of one check, each with its repair. */
export class FoundProblems extends CliError {
  readonly problems: readonly FoundProblem[];

  constructor(problems: readonly FoundProblem[]) {
    super(listed(problems.map(({ text }) => text)), { hint: problems.find(({ fix }) => fix !== undefined)?.fix });
    this.problems = problems;
  }
}

/** The outcome of one check. */
export interface Check {
  readonly name: string;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly detail: string;
  /** Command or step that repairs it. */
  readonly fix?: string;
}

/** A check and the problems that it found. */
export interface Examined {
  readonly check: Check;
  readonly findings: readonly DoctorFinding[];
}

const GROUPS: Readonly<Record<string, string>> = {
  services: 'D1',
  launch: 'D2',
  tools: 'D3',
  settings: 'D5',
  context: 'D6',
  lock: 'D7',
  processes: 'D7',
  imports: 'D7',
  clients: 'D8',
  'client files': 'D8',
};

/** Runs one check: it passes with the returned detail, and has `otherwise` with the thrown error and its hint. */
export async function check(
  name: string,
  look: () => Promise<string> | string,
  otherwise: DoctorFinding['level'] = 'fail',
): Promise<Examined> {
  try {
    return { check: { name, status: 'pass', detail: await look() }, findings: [] };
  } catch (error) {
    const hint = toCliError(error).hint;
    const fix = hint === undefined ? {} : { fix: hint };
    const detail = messageOf(error);
    const problems: readonly FoundProblem[] =
      error instanceof FoundProblems ? error.problems : [{ text: detail, ...fix }];
    const common = { id: GROUPS[name] ?? 'D0', level: otherwise };
    return {
      check: { name, status: otherwise, detail, ...fix },
      findings: problems.map((problem) => ({ ...common, ...problem })),
    };
  }
}

/** Returns the problems as one text: at most `maxCount`, and the number of the others. */
export function listed(problems: readonly string[], maxCount = MAX_NAMED): string {
  const rest = problems.length - maxCount;
  return [...problems.slice(0, maxCount), ...(rest > 0 ? [`${String(rest)} more`] : [])].join('; ');
}
