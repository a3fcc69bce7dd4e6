import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Session } from './session.ts';
import { SseResponse } from './sse-response.ts';

const LAST_EVENT_ID = 'last-event-id';

/**
 * Opens the stream of a session for what belongs to no request, or resumes the one that the client names by the last event
 * that it has seen. An event of another process is lost, the stream for what comes is not: that one is opened then.
 */
export function serveStream(
  session: Session,
  { req, res, tooSlow }: { readonly req: IncomingMessage; readonly res: ServerResponse; readonly tooSlow: () => void },
): void {
  const last = req.headers[LAST_EVENT_ID];
  const known = typeof last === 'string' ? session.events.find(last) : undefined;
  const { stream, after } = known ?? { stream: session.events.standalone, after: undefined };
  const sse = new SseResponse(res, { tooSlow });
  res.once('close', () => {
    stream.detach(sse);
  });
  if (session.primes && known === undefined) sse.prime(stream.place);
  sse.flush();
  stream.attach(sse, after);
}
