import { networkInterfaces } from 'node:os';

export interface NetworkWatchOptions {
  /** Called once when the addresses of the machine have changed, or when it was asleep. */
  readonly onChange: (reason: string) => void;
  /** Addresses of the machine. Default: those of the system. */
  readonly addresses?: () => readonly string[];
  /** Wall-clock milliseconds: only they count while the machine sleeps. */
  readonly now?: () => number;
}

/** Interval of the check, which takes about 0.1 ms. Node.js has no event for a change of addresses. */
const CHECK_MS = 5_000;
/** A check that is later than this follows a sleep, or a change of the clock. */
const ASLEEP_MS = 20_000;

/**
 * Checks the addresses and the clock of the machine every 5 s until the signal aborts. A change is reported by the first check that
 * finds the same addresses twice, so that an interface that gets its addresses one by one is one change.
 */
export function watchNetwork(signal: AbortSignal, options: NetworkWatchOptions): void {
  const check = networkCheck(options);
  const timer = setInterval(check, CHECK_MS);
  timer.unref();
  signal.addEventListener('abort', () => {
    clearInterval(timer);
  });
}

/** Returns the check, which the caller runs every 5 s. */
export function networkCheck({
  onChange,
  addresses = addressesOfMachine,
  now = Date.now,
}: NetworkWatchOptions): () => void {
  let reported = addresses().join(' ');
  let last = reported;
  let checkedAt = now();
  let wasAsleep = false;
  return () => {
    const at = now();
    const current = addresses().join(' ');
    wasAsleep ||= at - checkedAt > ASLEEP_MS;
    checkedAt = at;
    const isSettled = current === last;
    last = current;
    if (!isSettled || (current === reported && !wasAsleep)) return;
    const reason = current === reported ? 'the machine was asleep' : 'the addresses of the machine changed';
    reported = current;
    wasAsleep = false;
    onChange(reason);
  };
}

/** Returns the addresses of all interfaces except loopback, sorted. */
const addressesOfMachine = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((all = []) => all.filter(({ internal }) => !internal).map(({ cidr, address }) => cidr ?? address))
    .toSorted();
