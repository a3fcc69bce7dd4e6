import type { ErrorRow } from './error-row.ts';

/** Errors of a guest module. */
export const WASM_ERRORS = {
  WASM_TRAP: {
    kind: 'upstream',
    title: 'the function trapped',
    advice: 'check the arguments; the service is still up',
  },
  WASM_DEADLINE: {
    kind: 'timeout',
    title: 'the function did not return in time',
    advice: 'give it less work, or raise spec.origin.timeoutMs',
  },
  WASM_LIMIT: {
    kind: 'exhausted',
    title: 'the function went over a limit',
    advice: 'ask for less, or raise the limit in the manifest',
  },
  WASM_CAPABILITY: {
    kind: 'denied',
    title: 'the module uses a capability that it was not granted',
    advice: 'remove the call, or use a runtime that grants it',
  },
  WASM_ABI: { kind: 'upstream', title: 'the module violates the ABI', advice: 'compile it again with clarityc' },
  WASM_BUSY: {
    kind: 'exhausted',
    title: 'too many calls are waiting for this service',
    advice: 'try again in a moment',
    retryable: true,
  },
} as const satisfies Record<string, ErrorRow>;
