import type { RemoteMcpOrigin, Service } from '@clarity-runtime/core';
import type { ConnectionEvents } from '@clarity-runtime/core/ports';
import type { ConnectionClock, JsonRpcConnectionOptions } from '@clarity-runtime/core/protocol';
import type { HttpClient } from './http-client.ts';
import { CLIENT, type UpstreamSender } from './upstream-sender.ts';
import type { HttpConnectorLimits } from './options.ts';
import type { UpstreamCredential } from './upstream-credential.ts';

/** One remote service, its HTTP client and its credential. */
export interface Upstream {
  readonly service: Service;
  readonly origin: RemoteMcpOrigin;
  readonly url: URL;
  readonly client: HttpClient;
  readonly sender: UpstreamSender;
  readonly credential: UpstreamCredential;
  readonly events: ConnectionEvents;
  readonly limits: HttpConnectorLimits;
  readonly clock: ConnectionClock;
  readonly log: (line: string) => void;
}

export const connectionOptions = ({ credential, events, log, clock }: Upstream): JsonRpcConnectionOptions => ({
  clock,
  client: CLIENT,
  clientCapabilities: events.clientCapabilities ?? {},
  redact: (text) => credential.redact(text),
  ...(credential.hidesValues ? { redactJson: (json: string) => credential.redactJson(json) } : {}),
  onListChanged: (list) => {
    events.onListChanged(list);
  },
  onNotification: (notification) => events.onNotification?.(notification),
  onLog: log,
  onLimit: (limit) => events.onLimit?.(limit),
});
