import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ApiResult } from '../api/request.ts';
import { withResult, type Loadable } from '../state/loadable.ts';
import { poll } from '../state/poll.ts';

/** Loads a value at once, every `everyMs`, when `by` changes, and when `again` is called. */
export function useLoadable<T>(everyMs: number, load: () => Promise<ApiResult<T>>, by: readonly unknown[] = []) {
  const [known, setKnown] = useState<Loadable<T>>({});
  const asked = useRef(0);
  const again = useCallback(async (): Promise<void> => {
    asked.current += 1;
    const mine = asked.current;
    const result = await load();
    // The result of an older request may arrive after a newer one.
    if (mine === asked.current) setKnown((before) => withResult(before, result, new Date()));
  }, by);
  useEffect(() => poll(everyMs, again), [again]);
  return { known, again };
}
