import { describe, expect, test } from '@jest/globals';
import { AbiError, CapabilityDenied, GuestDeadline, GuestTrap } from '../../src/guest/guest-error.ts';
import { DEFAULT_HOST_LIMITS, type GuestContext } from '../../src/guest/host-state.ts';
import { IMPLEMENTED_IMPORTS, IMPORT_SIGNATURES } from '../../src/imports/import-table.ts';
import { hostFunction } from '../../src/imports/host-function.ts';
import { callRaw, hostOver } from './host-fixture.ts';

const print = (state: GuestContext, name: string, text: string): unknown =>
  callRaw(state, name, state.texts.write(text));

describe('IMPORT_TABLE', () => {
  test('has 209 functions, and every implementation is one of them', () => {
    expect(IMPORT_SIGNATURES.size).toBe(209);
    expect(Array.from(IMPLEMENTED_IMPORTS).filter((name) => !IMPORT_SIGNATURES.has(name))).toEqual([]);
  });

  test.each([
    ['__alloc', { params: ['i32'], result: 'i32', effect: 'pure' }],
    ['arena_restore', { params: ['i64'], result: undefined, effect: 'pure' }],
    ['pad_left', { params: ['i32', 'i64', 'i32'], result: 'i32', effect: 'pure' }],
    ['f64_rem', { params: ['f64', 'f64'], result: 'f64', effect: 'pure' }],
    ['now', { params: [], result: 'i64', effect: 'Time' }],
    ['tty_enter_raw', { params: [], result: undefined, effect: 'TTY' }],
    ['http_respond', { params: ['i64', 'i64', 'i32', 'i32'], result: undefined, effect: 'Network' }],
  ])('%s is %j', (name, signature) => {
    expect(IMPORT_SIGNATURES.get(name)).toEqual(signature);
  });

  test('every implemented function takes as many arguments as WebAssembly passes', () => {
    const { state } = hostOver();
    const variadic = new Set(['atan2']);
    for (const name of IMPLEMENTED_IMPORTS) {
      if (variadic.has(name)) continue;
      expect([name, hostFunction(name, state).length]).toEqual([name, IMPORT_SIGNATURES.get(name)?.params.length]);
    }
  });
});

describe('a denied import', () => {
  test.each([
    [
      'http_get',
      "the module called 'http_get', which needs the effect Network; this runtime grants Log, Time and Random",
    ],
    [
      'get_secret',
      "the module called 'get_secret', which needs the effect Secret; this runtime grants Log, Time and Random",
    ],
    ['cosine_similarity', "the module called 'cosine_similarity', which this runtime does not have"],
    ['__proto__', "the module called '__proto__', which is not a function of the Clarity ABI"],
  ])('%s is refused when it is called, by name', (name, message) => {
    const denied = hostFunction(name, hostOver().state);
    expect(denied).toThrow(new CapabilityDenied(message));
  });

  test('is every function of FileSystem, Network, Secret and other effects, except exit, which traps', () => {
    const open = Array.from(IMPLEMENTED_IMPORTS).filter((name) => {
      const effect = IMPORT_SIGNATURES.get(name)?.effect ?? '';
      return !['pure', 'Log', 'Time', 'Random'].includes(effect);
    });
    expect(open).toEqual(['exit']);
    expect(() => callRaw(hostOver().state, 'exit', 0n)).toThrow(GuestTrap);
  });
});

describe('GuestLog', () => {
  test('emits a line for each print, and for each line feed in a print', () => {
    const { state, lines } = hostOver();
    print(state, 'print_string', 'one\ntwo');
    print(state, 'print_no_newline', 'th');
    print(state, 'print_no_newline', 'ree\nfo');
    callRaw(state, 'print_int', 7n);
    callRaw(state, 'print_float', 0.5);
    print(state, 'log_info', 'i');
    print(state, 'log_warn', 'w');
    print(state, 'print_stderr', '');
    print(state, 'print_no_newline', 'open');
    state.flushLog();
    expect(lines).toEqual(['one', 'two', 'three', 'fo7', '0.5', '[INFO] i', '[WARN] w', '', 'open']);
  });

  test('escapes characters that act on a terminal', () => {
    const { state, lines } = hostOver();
    print(state, 'print_string', 'a\u001b[31mb\tc\r\nd\u202ee\u2028\u0085\u{1f642}');
    expect(lines).toEqual(['a\\x1b[31mb\tc', 'd\\u202ee\\u2028\\x85\u{1f642}']);
  });

  test.each(['x', 'Å', '\u{1f642}', '\u0001'])('cuts a line of %j at 4 KiB', (character) => {
    const { state, lines } = hostOver();
    print(state, 'print_string', character.repeat(100_000));
    const [line = ''] = lines;
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(4_096);
    expect(Buffer.byteLength(line)).toBeGreaterThan(4_080);
    expect(line.endsWith('…')).toBe(true);
  });

  test('does not cut a line of exactly 4 KiB', () => {
    const { state, lines } = hostOver();
    print(state, 'print_string', 'x'.repeat(4_096));
    expect(lines).toEqual(['x'.repeat(4_096)]);
  });

  test('counts lines over the limit without emitting them, and restarts with the next call', () => {
    const { state, lines } = hostOver({ limits: { ...DEFAULT_HOST_LIMITS, maxLogLines: 2 } });
    print(state, 'print_string', 'a\nb\nc\nd');
    state.flushLog();
    print(state, 'print_string', 'e');
    expect(lines).toEqual(['a', 'b', '(2 more lines)', 'e']);
  });
});

describe('time imports', () => {
  test('return the clock of the host', () => {
    expect(callRaw(hostOver({ now: () => 1_234.9 }).state, 'now')).toBe(1_234n);
  });

  test('sleep in slices of the clock', () => {
    let clock = 0;
    const pauses: number[] = [];
    const pause = (milliseconds: number): void => {
      pauses.push(milliseconds);
      clock += milliseconds;
    };
    const { state } = hostOver({ now: () => clock, pause });
    state.reset(1_000);
    callRaw(state, 'sleep', 600n);
    callRaw(state, 'sleep', 0n);
    callRaw(state, 'sleep', -5n);
    expect([clock, pauses]).toEqual([600, [250, 250, 100]]);
  });

  test('end a sleep when the clock does not advance', () => {
    let pauses = 0;
    const { state } = hostOver({ now: () => 0, pause: () => (pauses += 1) });
    state.reset(10_000);
    callRaw(state, 'sleep', 1_000n);
    expect(pauses).toBe(4);
  });

  test('block the thread', () => {
    const { state } = hostOver({ now: () => Date.now() });
    state.reset(Date.now() + 60_000);
    const start = performance.now();
    callRaw(state, 'sleep', 30n);
    expect(performance.now() - start).toBeGreaterThan(20);
  });

  test.each([1_001n, 9_223_372_036_854_775_807n])('reject a sleep of %d ms beyond the deadline at once', (time) => {
    const { state } = hostOver();
    state.reset(1_000);
    expect(() => callRaw(state, 'sleep', time)).toThrow(GuestDeadline);
  });
});

describe('random imports', () => {
  test('return both ends of a range, also of the widest one', () => {
    const least = hostOver({ random: () => 0 }).state;
    const most = hostOver({ random: () => 1 - 2 ** -53 }).state;
    const [from, to] = [-(1n << 63n), (1n << 63n) - 1n];
    expect([callRaw(least, 'random_int', from, to), callRaw(most, 'random_int', from, to)]).toEqual([from, to]);
    expect(callRaw(least, 'random_int', 5n, 5n)).toBe(5n);
    expect(callRaw(hostOver({ random: () => 0.25 }).state, 'random_float')).toBe(0.25);
  });

  test('draw again when the range does not divide the drawn range', () => {
    const draws = [1 - 2 ** -53, 1 - 2 ** -53, 0, 7 / 2 ** 32];
    const { state } = hostOver({ random: () => draws.shift() ?? 0 });
    expect(callRaw(state, 'random_int', 1n, 6n)).toBe(2n);
    expect(draws).toEqual([]);
  });

  test('trap for an empty range', () => {
    expect(() => callRaw(hostOver().state, 'random_int', 2n, 1n)).toThrow('the range 2 to 1 is empty');
  });
});

describe('arena imports', () => {
  test('free memory after the mark, and keep a string on demand', () => {
    const { state } = hostOver();
    const mark = callRaw(state, 'arena_save') as bigint;
    const kept = state.texts.write('kept '.repeat(100));
    const moved = callRaw(state, 'arena_restore_keeping_str', mark, kept) as number;
    expect([BigInt(moved), state.texts.read(moved)]).toEqual([mark, 'kept '.repeat(100)]);
    callRaw(state, 'arena_restore', mark);
    expect(state.memory.heapTop).toBe(Number(mark));
  });

  test('clear cached texts whose addresses contain other texts now', () => {
    const { state } = hostOver();
    const mark = callRaw(state, 'arena_save') as bigint;
    expect(state.texts.read(state.texts.write('old'))).toBe('old');
    callRaw(state, 'arena_restore', mark);
    expect(state.texts.read(state.memory.writeString('new'))).toBe('new');
    callRaw(state, 'arena_restore', mark);
    expect(state.memory.readString(state.texts.write('old'))).toBe('old');
  });

  test.each([0n, -8n, 1n << 40n])('throw AbiError for the unknown mark %d', (mark) => {
    expect(() => callRaw(hostOver().state, 'arena_restore', mark)).toThrow(AbiError);
  });

  test('allocate memory for WebAssembly and return its statistics as JSON', () => {
    const { state } = hostOver();
    expect(callRaw(state, '__alloc', 5)).toBe(1_032);
    expect(() => callRaw(state, '__alloc', -1)).toThrow('needs more than');
    expect(JSON.parse(state.texts.read(callRaw(state, 'memory_stats') as number))).toEqual({
      heap_base: 1_032,
      heap_top: 1_040,
      memory_bytes: 65_536,
    });
  });
});
