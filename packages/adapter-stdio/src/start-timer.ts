import type { StartTimer } from '@clarity-runtime/core/wire';

export const startTimer: StartTimer = (ms, fire) => {
  const timer = setTimeout(fire, ms);
  return () => {
    clearTimeout(timer);
  };
};
