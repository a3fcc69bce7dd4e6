import { createReadStream, fstatSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import { messageOf } from '../support/error-text.ts';
import type { Resolved, Setting } from './setting.ts';
import { token, wholeNumber } from './values.ts';

/** Variables that contain the token itself. Each process of the user can read them in the environment of the daemon. */
export const TOKEN_VARIABLES = ['CLARITYD_AUTH_TOKEN', 'CLARITY_API_TOKEN'] as const;
export const TOKEN_FILE_VARIABLE = 'CLARITYD_AUTH_TOKEN_FILE';

export const tokenFileSetting: Setting<string | undefined> = {
  flag: 'auth-token-file',
  variables: [TOKEN_FILE_VARIABLE],
  schema: z.string().min(1),
  fallback: undefined,
  expects: 'a file',
  describe: 'file whose first line is the token',
};

export const tokenFdSetting: Setting<number | undefined> = {
  flag: 'auth-token-fd',
  variables: [],
  schema: wholeNumber(0, 65_535).refine((fd) => fd !== 1 && fd !== 2),
  fallback: undefined,
  expects: 'the number of an open descriptor, not 1 or 2',
  describe: 'inherited descriptor whose first line is the token; it is read once',
};

interface TokenSettings {
  readonly authToken: Resolved<string | undefined>;
  readonly authTokenFile: Resolved<string | undefined>;
  readonly authTokenFd?: Resolved<number | undefined>;
}

const MAX_TOKEN_BYTES = 4_096;
/** Time in which the writer of a pipe must have written the token. */
const READ_LIMIT_MS = 10_000;

/**
 * Returns the settings with the token of its file or descriptor. A flag precedes every variable, and the variable of the
 * file precedes those of the token.
 * @throws CliError with exit code 2 when two flags name a token, or when the file or descriptor has no valid token.
 */
export async function withToken<T extends TokenSettings>(settings: T, cwd: string): Promise<T> {
  const { authToken, authTokenFile: file, authTokenFd: fd } = settings;
  const flags = [authToken, file, fd].flatMap((found) => (found?.source === 'flag' ? [found.name ?? ''] : []));
  if (flags.length > 1) throw usageError(`${flags.join(' and ')} exclude each other`, 'use one of them');
  if (fd?.value !== undefined) return { ...settings, authToken: { ...fd, value: await tokenOf(fd, fd.value) } };
  if (file.value === undefined || (authToken.source === 'flag' && file.source !== 'flag')) return settings;
  return { ...settings, authToken: { ...file, value: await tokenOf(file, resolve(cwd, file.value)) } };
}

/** Returns whether other users can read a token file; false for pipes and devices. */
export async function isSharedFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return process.platform !== 'win32' && found?.isFile() === true && (found.mode & 0o077) !== 0;
}

async function tokenOf({ name = '' }: Resolved<unknown>, source: string | number): Promise<string> {
  const refuse = (problem: string): CliError =>
    new CliError(`the token of ${name} ${problem}`, {
      hint: 'the first line must be a token of visible ASCII characters without blanks',
      exitCode: ExitCode.usage,
    });
  let line: string;
  try {
    line = await firstLine(typeof source === 'string' ? createReadStream(source) : streamOf(source));
  } catch (error) {
    throw refuse(`cannot be read: ${messageOf(error)}`);
  }
  const read = token.safeParse(line.trim());
  // An empty file must not open the daemon to every user.
  if (!read.success) throw refuse(line.trim() === '' ? 'is empty' : 'has characters that a token cannot have');
  return read.data;
}

/** A pipe or a socket has a stream that can be closed while it waits. */
function streamOf(fd: number): Readable {
  const kind = fstatSync(fd);
  if (kind.isFIFO() || kind.isSocket()) return new Socket({ fd, readable: true, writable: false });
  return createReadStream('', { fd });
}

async function firstLine(stream: Readable): Promise<string> {
  let text = '';
  const timer = setTimeout(() => stream.destroy(new Error('nothing was written to it in time')), READ_LIMIT_MS);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      text += chunk.toString('latin1');
      if (text.includes('\n') || text.length > MAX_TOKEN_BYTES) break;
    }
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
  const [line = ''] = text.split('\n', 1);
  if (line.length > MAX_TOKEN_BYTES) throw new Error(`it has more than ${String(MAX_TOKEN_BYTES)} bytes`);
  return line;
}
