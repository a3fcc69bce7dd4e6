/** Runs a task now, after every pause, and when the page comes into view; a hidden page rests. Returns the way to stop. */
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
