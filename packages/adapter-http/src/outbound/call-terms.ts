import { type Service } from '@clarity-runtime/core';
import { callBounds } from '@clarity-runtime/core/internal';
import type { UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import type { CallTerms } from '@clarity-runtime/core/protocol';
import type { HttpConnectorLimits } from './http/options.ts';

/** The caller's exchange with every bound set. */
export function termsOf(exchange: UpstreamRequestOptions, service: Service, limits: HttpConnectorLimits): CallTerms {
  const bounds = callBounds(service.manifest.spec, exchange, {
    totalMs: limits.callTimeoutMs,
    maxReplyBytes: limits.maxReplyBytes,
  });
  return {
    ...bounds,
    signal: exchange.signal,
    onNotification: (notification) => {
      exchange.onNotification(notification);
    },
    onRequest: (request) => exchange.onRequest(request),
    onSent: () => {
      exchange.onSent();
    },
  };
}

/** A request of the connection itself, which nobody else hears of. */
export const ownTerms = (signal: AbortSignal, totalMs: number, maxReplyBytes: number): CallTerms => ({
  signal,
  totalMs,
  maxReplyBytes,
  idleMs: 0,
  onNotification: () => undefined,
  onRequest: () => Promise.reject(new Error('nobody asked for anything')),
  onSent: () => undefined,
});
