import { ClarityError, RawJson, type McpReply } from '@clarity-runtime/core';
import type { Connection } from '@clarity-runtime/core/ports';

/** Changes the JSON text of a result. */
const changed = (reply: McpReply, change: (text: string) => string): McpReply =>
  'result' in reply ? { ...reply, result: RawJson.fromText(change(reply.result.text)) } : reply;

/** Connections with one fault each. The suite of `ServiceConnector` must reject each of them. */
export const CONNECTION_MUTANTS: Readonly<Record<string, (inner: Connection) => Partial<Connection>>> = {
  'numbers are doubles': (inner) => ({
    request: async (...given) =>
      changed(await inner.request(...given), (text) => JSON.stringify(JSON.parse(text) as unknown)),
  }),
  'a tool error is a success': (inner) => ({
    request: async (...given) => {
      const reply = await inner.request(...given);
      return 'result' in reply ? { ...reply, isError: false } : reply;
    },
  }),
  'an error of the protocol has another code': (inner) => ({
    request: async (...given) => {
      const reply = await inner.request(...given);
      return 'error' in reply ? { error: { ...reply.error, code: -32603 } } : reply;
    },
  }),
  'an unknown tool has a result': (inner) => ({
    request: async (...given) => {
      const reply = await inner.request(...given);
      return 'error' in reply && reply.error.message === 'unknown tool' ? { result: RawJson.of({}) } : reply;
    },
  }),
  'an abort is ignored': (inner) => ({
    request: (request, exchange) => inner.request(request, { ...exchange, signal: new AbortController().signal }),
  }),
  'a total timeout is ignored': (inner) => ({
    request: (request, exchange) => inner.request(request, { ...exchange, totalMs: 60_000 }),
  }),
  'an idle timeout is ignored': (inner) => ({
    request: (request, exchange) => inner.request(request, { ...exchange, idleMs: 0 }),
  }),
  'replies have no bound': (inner) => ({
    request: (request, exchange) => inner.request(request, { ...exchange, maxReplyBytes: 1 << 30 }),
  }),
  'every reply is too large': (inner) => ({
    request: async (request, exchange) => {
      const reply = await inner.request(request, exchange);
      if ('result' in reply && reply.result.bytes.length > exchange.maxReplyBytes / 2)
        throw new ClarityError('PAYLOAD_TOO_LARGE', '');
      return reply;
    },
  }),
  'one progress notification is lost': (inner) => ({
    request: (request, exchange) => {
      let count = 0;
      return inner.request(request, {
        ...exchange,
        onNotification: (notice) => {
          count += 1;
          if (count !== 7) exchange.onNotification(notice);
        },
      });
    },
  }),
  'progress comes in another order': (inner) => ({
    request: async (request, exchange) => {
      const notices: Parameters<typeof exchange.onNotification>[0][] = [];
      const reply = await inner.request(request, { ...exchange, onNotification: (notice) => notices.unshift(notice) });
      for (const notice of notices) exchange.onNotification(notice);
      return reply;
    },
  }),
  'two calls at the same time swap their replies': (inner) => {
    let waiting: ((reply: McpReply) => void) | undefined;
    return {
      request: async (request, exchange) => {
        const reply = await inner.request(request, exchange);
        const other = waiting;
        if (other !== undefined) {
          waiting = undefined;
          return new Promise<McpReply>((resolve) => {
            other(reply);
            waiting = resolve;
          });
        }
        return new Promise<McpReply>((resolve) => {
          waiting = resolve;
          setTimeout(() => {
            if (waiting === resolve) waiting = undefined;
            resolve(reply);
          }, 5);
        });
      },
    };
  },
  'close leaves open requests': () => ({ close: () => Promise.resolve() }),
  'a second close is an error': (inner) => {
    let isClosed = false;
    return {
      close: async (reason) => {
        if (isClosed) throw new Error('closed');
        isClosed = true;
        await inner.close(reason);
      },
    };
  },
};
