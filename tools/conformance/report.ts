/** What a run of the suite came to. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Scenarios that the suite does not take for passed. */
  readonly broken: readonly string[];
}

const SCENARIO = /^([✓✗]) (\S+): (\d+) passed, (\d+) failed/;
const EXTENSION = /^ +[✓✗] (\S+) \(extension\)$/;

/**
 * Counts the checks that the suite printed. Scenarios of extensions of the protocol that we do not declare are left out;
 * pending ones, which the suite itself does not score, count.
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
