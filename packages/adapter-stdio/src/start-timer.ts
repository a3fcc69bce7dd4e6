import type { StartTimer } from '@clarity-runtime/core/protocol';

export const startTimer: StartTimer = (ms, fire) => {
  const timer = setTimeout(fire, ms);
  return () => {
    clearTimeout(timer);
  };
};
