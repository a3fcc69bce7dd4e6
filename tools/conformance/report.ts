/** Result of a run of the suite. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Scenarios that did not pass. */
  readonly broken: readonly string[];
}

const SCENARIO = /^([✓✗]) (\S+): (\d+) passed, (\d+) failed/;
const EXTENSION = /^ +[✓✗] (\S+) \(extension\)$/;

/**
 * Counts the checks in the output of the suite. Omits scenarios of protocol extensions that the gateway does not declare;
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
