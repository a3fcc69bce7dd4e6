import { createInterface } from 'node:readline/promises';

/** Asks for one line at the terminal. Rejects when the input ends, at Ctrl-C, and when the signal aborts. */
export async function askLine(question: string, signal?: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<never>((_resolve, reject) => {
    lines.once('close', () => {
      reject(new Error('the input ended'));
    });
  });
  // Ctrl-C ends the question only: the command decides what it means for the rest.
  lines.once('SIGINT', () => {
    lines.close();
  });
  try {
    return await Promise.race([
      signal === undefined ? lines.question(question) : lines.question(question, { signal }),
      ended,
    ]);
  } finally {
    lines.close();
  }
}
