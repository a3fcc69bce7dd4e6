import { GuestError } from '../guest/guest-error.ts';
import type { GuestCallOutcome } from './messages.ts';

/** Returns the failure of a call that threw, for its caller. Engine messages of traps contain no arguments. */
export function callFailure(error: unknown): GuestCallOutcome {
  if (error instanceof GuestError) return { type: 'failure', code: error.code, message: error.message };
  if (error instanceof WebAssembly.RuntimeError) return trap(error.message);
  if (error instanceof RangeError) return rangeFailure(error.message);
  if (error instanceof WebAssembly.LinkError) return abi('the module cannot be instantiated');
  if (error instanceof TypeError || error instanceof SyntaxError) return abi('a value did not fit its type');
  return trap('the module threw an exception');
}

function rangeFailure(message: string): GuestCallOutcome {
  if (message.includes('call stack')) return trap('the recursion went too deep');
  return { type: 'failure', code: 'WASM_LIMIT', message: 'the function needs more memory than there is' };
}

const trap = (message: string): GuestCallOutcome => ({ type: 'failure', code: 'WASM_TRAP', message });
const abi = (message: string): GuestCallOutcome => ({ type: 'failure', code: 'WASM_ABI', message });
