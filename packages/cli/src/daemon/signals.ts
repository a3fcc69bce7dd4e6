import { constants } from 'node:os';

const ENDING = ['SIGTERM', 'SIGINT'] as const;
const HARMLESS = ['SIGHUP', 'SIGPIPE'] as const;
const SIGNALLED = 128;

export interface SignalOptions {
  /** The process, or its double in a test. */
  readonly source: { on(name: NodeJS.Signals, listener: () => void): unknown };
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

/** Resolves with the first termination signal. The second one ends the process at once. SIGHUP is ignored. */
export function endingSignal({ source, exit }: SignalOptions): Promise<string> {
  return new Promise((resolve) => {
    let isRequested = false;
    for (const name of ENDING) {
      source.on(name, () => {
        if (isRequested) exit(SIGNALLED + constants.signals[name]);
        isRequested = true;
        resolve(name);
      });
    }
    for (const name of HARMLESS) source.on(name, () => undefined);
  });
}
