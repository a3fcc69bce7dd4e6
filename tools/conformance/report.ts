/** Result of a run of the suite. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Scenarios that did not pass. */
  readonly broken: readonly string[];
}

const SCENARIO = /^([✓✗]) (\S+): (\d+) passed, (\d+) failed/;
const EXTENSION = /^ +[✓✗] (\S+) \(extension\)$/;

const RESULT = /^Passed: (\d+)\/\d+, (\d+) failed/m;

/** Counts the checks in the output of one scenario. A scenario without a result is broken. */
export function scenarioOutcome(name: string, printed: string): Outcome {
  const [, good, bad] = RESULT.exec(printed) ?? [];
  const [passed, failed] = [Number(good ?? 0), Number(bad ?? 0)];
  return { passed, failed, broken: good === undefined || failed > 0 ? [name] : [] };
}

/**
 * Counts the checks in the output of the suite. Omits scenarios of protocol extensions, which have a run of their own;
 * includes pending scenarios, which the suite itself does not score.
 */
export function outcomeOf(printed: string): Outcome {
  const lines = printed.split('\n');
  const extensions = new Set(lines.flatMap((line) => EXTENSION.exec(line)?.[1] ?? []));
  let passed = 0;
  let failed = 0;
  const broken: string[] = [];
  for (const line of lines) {
    const [, mark, name = '', good, bad] = SCENARIO.exec(line) ?? [];
    if (good === undefined || extensions.has(name)) continue;
    passed += Number(good);
    failed += Number(bad);
    if (mark === '✗' || Number(bad) > 0) broken.push(name);
  }
  return { passed, failed, broken };
}
