import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ApiResult } from '../api/request.ts';
import { withResult, type Loadable } from '../state/loadable.ts';
import { poll } from '../state/poll.ts';

/** Asks now, every so many milliseconds, when the question changes, and whenever `again` is called. */
export function useLoadable<T>(everyMs: number, question: () => Promise<ApiResult<T>>, by: readonly unknown[] = []) {
  const [known, setKnown] = useState<Loadable<T>>({});
  const asked = useRef(0);
  const again = useCallback(async (): Promise<void> => {
    asked.current += 1;
    const mine = asked.current;
    const answer = await question();
    // An answer to an older question may come late.
    if (mine === asked.current) setKnown((before) => withResult(before, answer, new Date()));
  }, by);
  useEffect(() => poll(everyMs, again), [again]);
  return { known, again };
}
