/** Runs a task at once, after every pause, and when the page becomes visible, but not in a hidden page. Returns a stop function. */
export function poll(pauseMs: number, task: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let stopped = false;

  const run = async (): Promise<void> => {
    if (running || stopped || document.hidden) return;
    clearTimeout(timer);
    running = true;
    await task();
    running = false;
    timer = setTimeout(go, pauseMs);
  };
  const go = (): void => {
    void run();
  };

  document.addEventListener('visibilitychange', go);
  go();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', go);
  };
}
