import type { GuestContext } from '../guest/host-state.ts';

/** A value at the boundary of WebAssembly: i32 and f64 are numbers (i32 signed), i64 is a bigint. */
export type HostFunction = (...args: never[]) => unknown;

/** Host functions by import name. Each is bound to the state of one instance. */
export type ImportGroup = Readonly<Record<string, (host: GuestContext) => HostFunction>>;

export const toBool = (value: boolean): number => (value ? 1 : 0);
