import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { decodeText } from '@clarity-runtime/core/internal';
import { CliError } from '../support/cli-error.ts';

/** Sources of a secret besides the command line. */
export interface SecretInput {
  /** Reads standard input without the final line break. */
  piped(): Promise<string>;
  /** Asks at the terminal without echo. Undefined without a terminal. */
  readonly ask?: (question: string) => Promise<string>;
}

const MAX_BYTES = 64 * 1024;

export function secretInput(stdin: NodeJS.ReadStream, isTerminal: boolean): SecretInput {
  return {
    piped: () => readAll(stdin),
    ...(isTerminal ? { ask: (question) => askSilently(stdin, question) } : {}),
  };
}

/** Removes the last line break only. The daemon validates the rest. */
export async function readAll(stdin: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_BYTES) throw new CliError('the secret on standard input is too long');
    chunks.push(bytes);
  }
  return decodeText(Buffer.concat(chunks)).replace(/\r?\n$/, '');
}

async function askSilently(stdin: NodeJS.ReadStream, question: string): Promise<string> {
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true });
  const ended = new Promise<never>((_resolve, reject) => {
    lines.once('SIGINT', () => {
      reject(new CliError('nothing was stored'));
    });
    lines.once('close', () => {
      reject(new CliError('nothing was stored'));
    });
  });
  process.stderr.write(question);
  try {
    return await Promise.race([lines.question(''), ended]);
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
