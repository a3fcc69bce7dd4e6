/** Polls every few milliseconds until the condition is true. Throws after ten seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let left = 2_000; left > 0; left -= 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('the condition is still false after 10 s');
}
