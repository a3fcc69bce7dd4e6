import { embeddedCaller, RawJson, type McpNotification, type Runtime } from '@clarity-runtime/core';
import type { GatewayScope, UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import { startDaemon, type Daemon } from './daemon.ts';
import { legacy } from './mcp-client.ts';

export const SESSION_KEY = new Uint8Array(32).fill(7);

/** A daemon with one running service, `calc`. Scopes of opened gateway peers are added to `scopes`. */
export async function startWatched(scopes: GatewayScope[]): Promise<Daemon> {
  const wrap = (runtime: Runtime): Runtime => ({
    ...runtime,
    gateway: {
      paramHeaders: (...given) => runtime.gateway.paramHeaders(...given),
      open: (scope) => {
        scopes.push(scope);
        return runtime.gateway.open(scope);
      },
    },
  });
  const daemon = await startDaemon({ wrap, mcpSessionKey: SESSION_KEY });
  await daemon.runtime.services.start(embeddedCaller, await daemon.register('calc'));
  return daemon;
}

export const rawParams = (of: object): ReadonlyMap<string, RawJson> =>
  new Map(Object.entries(of).map(([name, value]) => [name, RawJson.of(value)]));

export const logLine = (data: string): McpNotification => ({
  method: 'notifications/message',
  params: rawParams({ level: 'info', data }),
});

export const call = legacy('tools/call', { name: 'calc__add', arguments: {} }, 'c1');

export const note = (method: string, params: object = {}): object => ({
  jsonrpc: '2.0',
  method: `notifications/${method}`,
  params,
});

export const empty = { result: RawJson.of({ content: [] }) };

/** Returns a call that the service has received, and a function that completes it. */
export function held({ connector }: Daemon): Promise<{ exchange: UpstreamRequestOptions; finish: () => void }> {
  return new Promise((resolve) => {
    connector.answer = (_request, exchange) =>
      new Promise((done, fail) => {
        exchange.signal.addEventListener('abort', () => {
          fail(new Error('cancelled'));
        });
        resolve({
          exchange,
          finish: () => {
            done(empty);
          },
        });
      });
  });
}
