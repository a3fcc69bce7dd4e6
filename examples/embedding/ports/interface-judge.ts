import type { InterfaceJudge } from '@clarity-runtime/core/ports';

/** Compares no large interface: each counts as suspicious, and an operator decides about it. */
export const operatorJudge = (asked: () => void): InterfaceJudge => ({
  judge: () => {
    asked();
    return Promise.resolve(undefined);
  },
});
