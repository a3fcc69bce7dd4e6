import type { CallStage } from '@clarity-runtime/core/ports';

/** Counts the calls of each caller, for example for billing. Calls that fail count too. */
export const countingStage = (counts: Map<string, number>): CallStage => ({
  name: 'billing',
  run: (call, next) => {
    counts.set(call.caller.principal.id, (counts.get(call.caller.principal.id) ?? 0) + 1);
    return next(call);
  },
});
