import type { WasmFailureCode } from '@clarity-runtime/core/ports';

/** Why a call failed through its own fault or its module's. The message is for the caller and holds no argument. */
export abstract class GuestError extends Error {
  abstract readonly code: WasmFailureCode;
}

/** The program stopped itself: a read out of range, a conversion that has no result, `exit`. */
export class GuestTrap extends GuestError {
  override readonly name = 'GuestTrap';
  readonly code = 'WASM_TRAP';
}

/** The program asked for more than its limits give. */
export class GuestLimit extends GuestError {
  override readonly name = 'GuestLimit';
  readonly code = 'WASM_LIMIT';
}

/** The program would not return before its deadline. */
export class GuestDeadline extends GuestError {
  override readonly name = 'GuestDeadline';
  readonly code = 'WASM_DEADLINE';
}

/** The program called a host function that it was not granted. */
export class CapabilityDenied extends GuestError {
  override readonly name = 'CapabilityDenied';
  readonly code = 'WASM_CAPABILITY';
}

/** The module handed over a pointer, a tag or a handle that means nothing. */
export class AbiError extends GuestError {
  override readonly name = 'AbiError';
  readonly code = 'WASM_ABI';
}

/** An argument does not fit its parameter; the message names it and the path inside it. */
export class ArgumentError extends GuestError {
  override readonly name = 'ArgumentError';
  readonly code = 'ARGUMENTS_INVALID';
}
