import type { GuestContext } from '../guest/host-state.ts';

/** What WebAssembly passes: i32 and f64 as numbers (i32 signed), i64 as bigints. */
export type HostFunction = (...args: never[]) => unknown;

/** Host functions by the names of their imports, each to be bound to the state of one instance. */
export type ImportGroup = Readonly<Record<string, (host: GuestContext) => HostFunction>>;

export const toBool = (value: boolean): number => (value ? 1 : 0);
