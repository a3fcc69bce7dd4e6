import type { ConsoleStore } from './console-store.ts';
import { toProblemTitle } from '../text/states.ts';
import { toVisible } from '../text/hidden-characters.ts';
import { announced } from './toasts.ts';

/** At most one announcement in this time. */
const PAUSE_MS = 10_000;

let known: ReadonlySet<string> | undefined;
let lastAt = 0;

/** Announces a problem that is new since the last call, once, for screen readers. */
export function announceProblems({ problems, byId }: ConsoleStore): void {
  const before = known;
  const list = problems.value;
  known = new Set(list.map(({ id }) => id));
  const fresh = list.filter(({ id }) => before !== undefined && !before.has(id));
  const [first] = fresh;
  const now = Date.now();
  if (first === undefined || now - lastAt < PAUSE_MS) return;
  lastAt = now;
  const name = byId.peek().get(first.services[0] ?? '')?.ns;
  const who = first.count === 1 && name !== undefined ? toVisible(name) : `${String(first.count)} services`;
  announced.value = `${who} ${toProblemTitle(first)}`;
}
