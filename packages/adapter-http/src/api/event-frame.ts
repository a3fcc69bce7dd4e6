import type { AuditEvent } from '@clarity-runtime/core';

/** Milliseconds after which a browser that lost the stream comes back. */
const RETRY_MS = 2_000;

/** What a stream begins with. */
export const OPENING = `retry: ${String(RETRY_MS)}\n\n`;
/** Shows both sides that the other is there. */
export const HEARTBEAT = ': ping\n\n';

/** One event as a frame of `text/event-stream`. JSON holds no line end, and a kind is cut to what cannot hold one. */
export const eventFrame = (event: AuditEvent): string =>
  `id: ${String(event.seq)}\nevent: ${event.kind.replace(/[^\x21-\x7e]/g, '_')}\ndata: ${JSON.stringify(event)}\n\n`;

/** Tells a reader that events are missing. It has no id, so that the reader may ask for them by the last one that it saw. */
export const droppedFrame = (data: { readonly missed: number } | { readonly reason: string }): string =>
  `event: dropped\ndata: ${JSON.stringify(data)}\n\n`;
