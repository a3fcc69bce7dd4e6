import { useEffect, useRef, useState } from 'preact/hooks';
import { get, type ApiResult, type RequestFailure } from '../api/request.ts';

/** A value that a view loads from the daemon. */
export interface Loaded<T> {
  /** The newest value, also after a later request failed. */
  readonly value: T | undefined;
  readonly failure: RequestFailure | { readonly kind: 'refused' } | undefined;
  readonly reload: () => void;
}

/** Loads a path, and again when a dependency changes. An undefined path loads nothing. The former value stays until the reply. */
export function useRequest<T>(path: string | undefined, dependencies: readonly unknown[] = []): Loaded<T> {
  const [state, setState] = useState<{ path: string | undefined; result?: ApiResult<T>; value?: T }>({ path });
  const [turn, setTurn] = useState(0);
  const lastPath = useRef(path);
  useEffect(() => {
    if (path === undefined) return undefined;
    const stop = new AbortController();
    const isSame = lastPath.current === path;
    lastPath.current = path;
    void get<T>(path, stop.signal).then((result) => {
      if (stop.signal.aborted) return;
      setState((before) => ({
        path,
        result,
        ...(result.kind === 'ok'
          ? { value: result.value }
          : isSame && before.value !== undefined
            ? { value: before.value }
            : {}),
      }));
    });
    return () => {
      stop.abort();
    };
  }, [path, turn, ...dependencies]);
  const isCurrent = state.path === path;
  return {
    value: isCurrent ? state.value : undefined,
    failure: isCurrent && state.result !== undefined && state.result.kind !== 'ok' ? state.result : undefined,
    reload: () => {
      setTurn((before) => before + 1);
    },
  };
}
