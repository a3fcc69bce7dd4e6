import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath, URL } from 'node:url';

export interface ChannelListener {
  data(bytes: Uint8Array): void;
  /** Called once, when the process has ended. `reason` is its exit code or signal. */
  ended(reason: string): void;
}

/** A running guest host and the stream to it. */
export interface GuestProcess {
  readonly pid: number | undefined;
  listen(listener: ChannelListener): void;
  write(bytes: Uint8Array): void;
  /** Keeps this process alive until `release`. */
  hold(): void;
  release(): void;
  /** Ends the process in any state. */
  kill(): void;
}

/** The built program, from src and from dist. */
const ENTRY = new URL('../../dist/process/main.js', import.meta.url);

/** Flags: loops can be ended, and the thread that reads orders has a small heap. */
const FLAGS = ['--no-wasm-dynamic-tiering', '--max-old-space-size=128', '--no-warnings'];

/**
 * Starts a guest host: a process of the same Node.js with nothing of this one but a stream on descriptor 3. `environment`
 * is its whole environment. It leads a process group, so that a signal for the group of this process does not reach it.
 */
export function startGuestProcess(environment: Readonly<Record<string, string>>): GuestProcess {
  const child = spawn(process.execPath, [...FLAGS, fileURLToPath(ENTRY)], {
    cwd: '/',
    env: { ...environment },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  const stream = child.stdio[3] as Socket;
  let listener: ChannelListener | undefined;
  let isOver = false;
  const ended = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    stream.destroy();
    listener?.ended(reason);
  };
  stream.on('data', (bytes: Uint8Array) => listener?.data(bytes));
  stream.on('error', () => undefined);
  child.on('error', (error) => {
    ended(error.message);
  });
  // Data that the process wrote before its end arrives before `close`.
  child.on('close', (code, signal) => {
    ended(signal ?? `exit code ${String(code)}`);
  });
  return {
    pid: child.pid,
    listen: (given) => {
      listener = given;
    },
    write: (bytes) => {
      if (!stream.destroyed) stream.write(bytes);
    },
    hold: () => {
      child.ref();
      stream.ref();
    },
    release: () => {
      child.unref();
      stream.unref();
    },
    kill: () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    },
  };
}
