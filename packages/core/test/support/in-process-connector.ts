import { ClarityError, systemClock, type McpReply, type McpRequest } from '@clarity-runtime/core';
import { deriveServiceId } from '@clarity-runtime/core/internal';
import type { Service } from '@clarity-runtime/core';
import type { ServiceConnector } from '@clarity-runtime/core/ports';
import { contractAnswer } from '@clarity-runtime/core/testing';
import { JsonRpcConnection, type Transport } from '@clarity-runtime/core/protocol';
import { manifestOf } from './fake-connector.ts';

/** A connector whose service is a function in this process, with nothing between the two but the channel. */
export const inProcess: ServiceConnector = {
  origin: 'local_wasm',
  admit: () => Promise.resolve(undefined),
  connect: (_, events, { signal }) => {
    if (signal.aborted) return Promise.reject(new ClarityError('CALL_CANCELLED', ''));
    const encoder = new TextEncoder();
    const carrier: Transport = {
      request: (call) => {
        call.sent();
        const { id, method, params } = JSON.parse(new TextDecoder().decode(call.bytes)) as McpRequest & { id: number };
        const { before, result, error } = contractAnswer(method, params);
        for (const notice of before) channel.receive(encoder.encode(notice));
        const body = result === undefined ? `"error":${JSON.stringify(error)}` : `"result":${result}`;
        if (result !== undefined || error !== undefined) {
          channel.receive(encoder.encode(`{"jsonrpc":"2.0","id":${String(id)},${body}}`));
        }
        return Promise.resolve();
      },
      notify: () => undefined,
      answer: () => undefined,
      abandon: () => undefined,
    };
    const channel = new JsonRpcConnection(carrier, {
      clock: systemClock,
      client: { name: 'test', version: '1' },
      clientCapabilities: {},
      redact: (text) => text,
      onListChanged: (list) => {
        events.onListChanged(list);
      },
      onNotification: () => undefined,
      onLog: (line) => {
        events.onLog(line);
      },
    });
    return Promise.resolve({
      era: 'legacy',
      capabilities: { tools: {} },
      request: (request, exchange): Promise<McpReply> => channel.request(request, exchange),
      notify: () => undefined,
      close: () => {
        channel.end(new ClarityError('UPSTREAM_LOST', 'closed'));
        return Promise.resolve();
      },
    });
  },
};

/** Returns a service of `inProcess`. */
export function contractService(): Service {
  const manifest = manifestOf('contract');
  return { schema: 1, serviceId: deriveServiceId(manifest), namespace: 'contract', manifest, revision: '1' };
}
