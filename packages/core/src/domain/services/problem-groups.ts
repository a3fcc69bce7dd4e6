import { sha256Hex } from '../json/digest.ts';
import type { Problem, Severity } from './problem.ts';

/** Services with the same problem. Its members are those of the first service; `services` has the others. */
export interface ProblemGroup extends Omit<Problem, 'serviceId' | 'namespace' | 'publicLine'> {
  /** The same for the same cause, also in another process. */
  readonly id: string;
  readonly count: number;
  /** By namespace, at most 50. */
  readonly services: readonly { readonly id: string; readonly namespace: string }[];
}

const MAX_NAMED = 50;
const RANK: Readonly<Record<Severity, number>> = { error: 0, warn: 1 };

/**
 * Returns the id of the group of a problem. Problems are equal if code, source and line are, whatever numbers, ids and own names
 * the line has. Services behind one host that is away have one problem.
 */
export function problemKey({ code, source, line, host, namespace }: Problem): string {
  const cause = host === undefined ? normalized(line, namespace) : '';
  return sha256Hex(JSON.stringify([code, host === undefined ? source : 'host', host ?? '', cause])).slice(0, 12);
}

/** Ports, pids, times and ids. */
const NUMBERS = /[0-9a-f]{8,}|\d+/gi;

const normalized = (line: string, namespace: string): string => {
  const own = namespace.length < 3 ? line : line.replaceAll(namespace, '~');
  return own.replace(NUMBERS, '#').replace(/\s+/g, ' ').toLowerCase();
};

/**
 * Returns the groups of problems: errors first, then by the number of services, then the oldest. `mayRead` decides whether the
 * output of the program of a service may be shown.
 */
export function groupProblems(
  problems: readonly Problem[],
  mayRead: (problem: Problem) => boolean = () => true,
): readonly ProblemGroup[] {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const shown = shownProblem(problem, mayRead(problem));
    const key = problemKey(shown);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [shown]);
    else members.push(shown);
  }
  return [...groups].map(([id, members]) => groupOf(id, members)).sort(byUrgency);
}

/** Remedies repeat parts of the output and of the manifest. */
function withoutOutput(problem: Problem): Problem {
  const { fix, source, publicLine } = problem;
  const isPlain = !('name' in fix || 'ref' in fix || 'text' in fix);
  return {
    ...problem,
    source: source === 'output' ? 'runtime' : source,
    line: publicLine,
    fix: isPlain ? fix : { kind: 'start' },
  };
}

/** Returns the problem as a caller sees it. `mayRead`: the caller may read the output of the program. */
export const shownProblem = (problem: Problem, mayRead: boolean): Problem =>
  mayRead ? problem : withoutOutput(problem);

function groupOf(id: string, members: readonly Problem[]): ProblemGroup {
  const byName = [...members].sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
  const [{ code, state, source, line, meaning, restarts, host, fix }] = byName as [Problem];
  const since = earliest(members.map((problem) => problem.since));
  const retryAt = earliest(members.map((problem) => problem.retryAt));
  return {
    id,
    code,
    severity: members.some(({ severity }) => severity === 'error') ? 'error' : 'warn',
    state,
    ...(since === undefined ? {} : { since }),
    source,
    line,
    meaning,
    restarts,
    ...(retryAt === undefined ? {} : { retryAt }),
    ...(host === undefined ? {} : { host }),
    fix,
    count: members.length,
    services: byName.slice(0, MAX_NAMED).map((one) => ({ id: one.serviceId, namespace: one.namespace })),
  };
}

/** Times in ISO 8601 sort as text. */
const earliest = (times: readonly (string | undefined)[]): string | undefined =>
  times.filter((time) => time !== undefined).sort()[0];

const byUrgency = (a: ProblemGroup, b: ProblemGroup): number =>
  RANK[a.severity] - RANK[b.severity] ||
  b.count - a.count ||
  (a.since ?? '').localeCompare(b.since ?? '') ||
  (a.id < b.id ? -1 : 1);
