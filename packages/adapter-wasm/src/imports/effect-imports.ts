import { GuestTrap } from '../guest/guest-error.ts';
import type { ImportGroup } from './host-import.ts';
import type { GuestContext } from '../guest/host-state.ts';

const WORD = 4_294_967_296;
const ALL = 1n << 64n;

const word = ({ options }: GuestContext): bigint => BigInt(Math.floor(options.random() * WORD));

/** Returns an integer from `from` to `to`, both included, with equal probability. */
function randomInteger(host: GuestContext, from: bigint, to: bigint): bigint {
  if (from > to) throw new GuestTrap(`random_int: the range ${String(from)} to ${String(to)} is empty`);
  const count = to - from + 1n;
  const fair = ALL - (ALL % count);
  let drawn = fair;
  while (drawn >= fair) drawn = (word(host) << 32n) | word(host);
  return from + (drawn % count);
}

const printed =
  <Value>(prefix: string, read: (host: GuestContext, value: Value) => string) =>
  (host: GuestContext) =>
  (value: Value) => {
    host.log.print(prefix + read(host, value));
  };

const text = ({ texts }: GuestContext, pointer: number): string => texts.read(pointer);

/** Output of a module goes to the log of its call. */
export const LOG_IMPORTS: ImportGroup = {
  print_string: printed('', text),
  print_stderr: printed('', text),
  print_int: printed('', (_, value: bigint) => String(value)),
  print_float: printed('', (_, value: number) => String(value)),
  log_info: printed('[INFO] ', text),
  log_warn: printed('[WARN] ', text),
  print_no_newline: (host) => (pointer: number) => {
    host.log.write(text(host, pointer));
  },
};

export const RANDOM_IMPORTS: ImportGroup = {
  random_int: (host) => (from: bigint, to: bigint) => randomInteger(host, from, to),
  random_float:
    ({ options }) =>
    () =>
      options.random(),
};

/** `exit` ends the call, not the process. */
export const EXIT_IMPORTS: ImportGroup = {
  exit: () => (code: bigint) => {
    throw new GuestTrap(`the function called exit(${String(code)})`);
  },
};
