import { signal } from '@preact/signals';

/** The time in steps of one second while the page is visible. */
export const now = signal(Date.now());

/** The time in steps of 10 s, for spans in long lists. */
export const slowNow = signal(Date.now());

/** Starts the clock of the page. */
export function startClock(): void {
  const tick = (): void => {
    if (document.hidden) return;
    now.value = Date.now();
    if (now.value - slowNow.value >= 10_000) slowNow.value = now.value;
  };
  setInterval(tick, 1_000);
  document.addEventListener('visibilitychange', tick);
}
