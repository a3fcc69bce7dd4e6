import { useRef } from 'preact/hooks';

/** A list that does not move while the user reads it. */
export interface HeldList<T> {
  readonly shown: readonly T[];
  /** Count of entries that arrived since it is held. */
  readonly fresh: number;
  /** Shows the newest entries at once. */
  readonly catchUp: () => void;
}

/**
 * Shows the rows of `all` (newest first) as they are, or, while `isHeld`, those of the moment when the hold began. A change of
 * `key`, such as of a filter, shows the newest rows.
 */
export function useHeldList<T extends { readonly id: string }>(
  all: readonly T[],
  isHeld: boolean,
  key: string,
): HeldList<T> {
  const kept = useRef<{ key: string; rows: readonly T[] }>({ key, rows: all });
  if (!isHeld || kept.current.key !== key) kept.current = { key, rows: all };
  const shown = kept.current.rows;
  const first = shown[0]?.id;
  const at = all.findIndex(({ id }) => id === first);
  return {
    shown,
    fresh: shown === all ? 0 : at < 0 ? all.length : at,
    catchUp: () => {
      kept.current = { key, rows: all };
    },
  };
}
