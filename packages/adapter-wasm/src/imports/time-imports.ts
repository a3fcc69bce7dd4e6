import { parseIsoTime } from '../json/iso-time.ts';
import { GuestDeadline, GuestTrap } from '../guest/guest-error.ts';
import { writeOption } from './guest-results.ts';
import type { ImportGroup } from './host-import.ts';
import type { GuestContext } from '../guest/host-state.ts';

/** Milliseconds of one slice of a sleep, so that a change of the clock does not extend it. */
const SLICE = 250;

const wrapped = (value: bigint): bigint => BigInt.asIntN(64, value);

function isoText(time: bigint): string {
  const date = new Date(Number(time));
  if (Number.isNaN(date.getTime())) throw new GuestTrap(`timestamp_to_string: ${String(time)} ms is not a date`);
  return date.toISOString();
}

function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function sleep({ options, deadlineAt }: GuestContext, milliseconds: bigint): void {
  const { pause = block } = options;
  const end = options.now() + Number(milliseconds);
  if (end > deadlineAt) throw new GuestDeadline('the function would sleep past its deadline');
  for (let left = Number(milliseconds); left > 0; left = Math.min(left - SLICE, end - options.now())) {
    pause(Math.min(left, SLICE));
  }
}

/** Timestamps are milliseconds since the epoch. */
export const TIME_IMPORTS: ImportGroup = {
  timestamp_to_string:
    ({ texts }) =>
    (time: bigint) =>
      texts.write(isoText(time)),
  timestamp_to_int: () => (time: bigint) => time,
  timestamp_from_int: () => (time: bigint) => time,
  /** Parses a time. A time without a zone is UTC. */
  timestamp_parse_iso: (host) => (text: number) => {
    const time = parseIsoTime(host.texts.read(text).trim());
    return writeOption(host, time === undefined ? undefined : BigInt(time));
  },
  timestamp_add: () => (time: bigint, milliseconds: bigint) => wrapped(time + milliseconds),
  timestamp_diff: () => (time: bigint, earlier: bigint) => wrapped(time - earlier),
  now:
    ({ options }) =>
    () =>
      BigInt(Math.trunc(options.now())),
  /** Sleeps. A sleep beyond the deadline is rejected at once. */
  sleep: (host) => (milliseconds: bigint) => {
    sleep(host, milliseconds);
  },
};
