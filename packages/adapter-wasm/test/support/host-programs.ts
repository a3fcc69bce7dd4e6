import { add, buildModule, counter, op, spin } from './wasm-module.ts';

const boom = { name: 'boom', results: ['i64'], body: op.unreachable } as const;

/** The modules of the contract of a `WasmHost`. */
export const hostPrograms = {
  working: buildModule({ functions: [add, counter, spin, boom] }),
  endless: buildModule({ functions: [{ body: op.loop() }, add], start: 0 }),
};
