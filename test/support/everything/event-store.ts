interface Stored {
  readonly id: string;
  readonly streamId: string;
  readonly message: object;
}

const MOST = 5_000;

/** Stores the events of streams, so that a client can resume one. Fits the SDKs of both eras. */
export function eventStore<M extends object>(): {
  storeEvent(streamId: string, message: M): Promise<string>;
  getStreamIdForEventId(eventId: string): Promise<string>;
  replayEventsAfter(lastEventId: string, to: { send: (eventId: string, message: M) => Promise<void> }): Promise<string>;
} {
  const kept: Stored[] = [];
  let count = 0;
  const streamOf = (id: string): string => id.slice(0, id.lastIndexOf('~'));
  return {
    storeEvent: (streamId, message) => {
      const id = `${streamId}~${String((count += 1))}`;
      kept.push({ id, streamId, message });
      if (kept.length > MOST) kept.shift();
      return Promise.resolve(id);
    },
    getStreamIdForEventId: (id) => Promise.resolve(streamOf(id)),
    replayEventsAfter: async (lastId, { send }) => {
      const at = kept.findIndex(({ id }) => id === lastId);
      for (const { id, streamId, message } of kept.slice(at + 1)) {
        if (streamId === streamOf(lastId) && Object.keys(message).length > 0) await send(id, message as M);
      }
      return streamOf(lastId);
    },
  };
}
