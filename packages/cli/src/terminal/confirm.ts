import { createInterface } from 'node:readline/promises';

/** Asks a question at the terminal. Returns false for every answer but `y` and `yes`, and when the signal aborts. */
export async function confirmAtTerminal(question: string, signal?: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const asked = `${question} [y/N] `;
    const answer = await (signal === undefined ? lines.question(asked) : lines.question(asked, { signal }));
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (signal?.aborted === true) return false;
    throw error;
  } finally {
    lines.close();
  }
}
