import { useEffect, useRef, useState } from 'preact/hooks';
import type { ServiceEntry } from '../../api/model.ts';
import { get } from '../../api/request.ts';

interface SparksReply {
  readonly items: Readonly<Record<string, readonly number[]>>;
}

const MAX_IDS = 100;
const SETTLED_MS = 250;
/** Width of one bar in seconds: older charts are loaded again after it. */
const STEP_SECONDS = 120;

/** Returns calls over time of the visible services. Services that were never called cost no request. */
export function useSparks(visible: readonly ServiceEntry[]): ReadonlyMap<string, readonly number[]> {
  const [sparks, setSparks] = useState<ReadonlyMap<string, readonly number[]>>(new Map());
  const loadedAt = useRef(new Map<string, number>());
  const ids = visible.slice(0, MAX_IDS).map(({ id }) => id);
  const wanted = ids.join();
  const step = Math.floor(Date.now() / (STEP_SECONDS * 1_000));
  useEffect(() => {
    const missing = ids.filter((id) => loadedAt.current.get(id) !== step);
    if (missing.length === 0) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const path = `/api/metrics/sparks?ids=${missing.map(encodeURIComponent).join(',')}&step=${String(STEP_SECONDS)}&points=30`;
      void get<SparksReply>(path, stop.signal).then((result) => {
        if (result.kind !== 'ok' || stop.signal.aborted) return;
        for (const id of missing) loadedAt.current.set(id, step);
        setSparks((known) => new Map([...known, ...Object.entries(result.value.items)]));
      });
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [wanted, step]);
  return sparks;
}
