import type { WasmFailureCode } from '@clarity-runtime/core/ports';

/** A failure caused by the caller or the module. The message is for the caller and contains no argument. */
export abstract class GuestError extends Error {
  abstract readonly code: WasmFailureCode;
}

/** The module trapped: an index out of range, a conversion without a result, or `exit`. */
export class GuestTrap extends GuestError {
  override readonly name = 'GuestTrap';
  readonly code = 'WASM_TRAP';
}

/** The module exceeded a limit. */
export class GuestLimit extends GuestError {
  override readonly name = 'GuestLimit';
  readonly code = 'WASM_LIMIT';
}

/** The module cannot return before its deadline. */
export class GuestDeadline extends GuestError {
  override readonly name = 'GuestDeadline';
  readonly code = 'WASM_DEADLINE';
}

/** The module called a host function that is not granted. */
export class CapabilityDenied extends GuestError {
  override readonly name = 'CapabilityDenied';
  readonly code = 'WASM_CAPABILITY';
}

/** The module passed an invalid pointer, tag or handle. */
export class AbiError extends GuestError {
  override readonly name = 'AbiError';
  readonly code = 'WASM_ABI';
}

/** An argument does not match its parameter. The message names the parameter and the path inside it. */
export class ArgumentError extends GuestError {
  override readonly name = 'ArgumentError';
  readonly code = 'ARGUMENTS_INVALID';
}
