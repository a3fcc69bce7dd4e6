import type { HostFunction } from './host-function.ts';
import type { GuestMemory } from './memory.ts';

/** Host functions for times, bytes and random numbers. The clock is fixed and random numbers are constant. */
export function timeFunctions(memory: GuestMemory): Record<string, HostFunction> {
  return {
    now: () => 1_700_000_000_000n,
    sleep: () => undefined,
    random_int: (least: bigint) => least,
    random_float: () => 0.5,
    timestamp_to_int: (time: bigint) => time,
    timestamp_from_int: (milliseconds: bigint) => milliseconds,
    timestamp_add: (time: bigint, milliseconds: bigint) => time + milliseconds,
    timestamp_diff: (time: bigint, earlier: bigint) => time - earlier,
    timestamp_to_string: (time: bigint) => memory.putText(new Date(Number(time)).toISOString()),
    bytes_from_string: (text: number) => text,
    bytes_to_string: (bytes: number) => bytes,
    bytes_length: (bytes: number) => BigInt(memory.view.getUint32(bytes, true)),
    bytes_get: (bytes: number, index: bigint) => BigInt(memory.bytes(bytes + 4 + Number(index), 1)[0] ?? 0),
  };
}
