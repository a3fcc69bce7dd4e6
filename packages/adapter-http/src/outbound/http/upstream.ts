import type { RemoteMcpOrigin, Service } from '@clarity-runtime/core';
import type { ConnectionEvents } from '@clarity-runtime/core/ports';
import type { JsonRpcConnectionOptions } from '@clarity-runtime/core/protocol';
import type { HttpClient } from './http-client.ts';
import { CLIENT, type UpstreamSender } from './upstream-sender.ts';
import type { HttpConnectorLimits } from './options.ts';
import { startTimer } from '../start-timer.ts';
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
  readonly log: (line: string) => void;
}

export const channelOptions = ({ credential, events, log }: Upstream): JsonRpcConnectionOptions => ({
  startTimer,
  client: CLIENT,
  offers: events.clientCapabilities ?? {},
  redact: (text) => credential.redact(text),
  changed: (what) => {
    events.onListChanged(what);
  },
  notified: (notification) => events.onNotification?.(notification),
  log,
  refused: (what) => events.onLimit?.(what),
});
