import { useEffect } from 'preact/hooks';
import type { CallEntry } from '../api/model.ts';
import { useRequest, type Loaded } from './use-request.ts';
import { useStore } from './store-context.ts';

interface CallsReply {
  readonly items: readonly CallEntry[];
}

const LIMIT = 500;

/** Loads calls from before the page was opened into the store, of one service or of all. */
export function useEarlierCalls(service?: string): Loaded<CallsReply> {
  const store = useStore();
  const query = service === undefined ? '' : `&service=${encodeURIComponent(service)}`;
  const loaded = useRequest<CallsReply>(`/api/calls?limit=${String(LIMIT)}${query}`);
  const { value } = loaded;
  useEffect(() => {
    if (value !== undefined) store.addCalls(value.items);
  }, [value]);
  return loaded;
}
