export type HostFunction = (...args: never[]) => number | bigint | undefined;
