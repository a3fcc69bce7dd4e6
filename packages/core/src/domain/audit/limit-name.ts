/** Names of the limits that reject or cut something; each has a counter. Published: metrics and alerts use them. */
export const LIMIT_NAMES = [
  'request.too_large',
  'session.too_many',
  'session.over_share',
  'event.over_budget',
  'stream.too_many',
  'stream.too_slow',
  'call.denied',
  'call.too_large',
  'call.over_rate',
  'call.queue_full',
  'call.parked_too_many',
  'question.too_many',
  'subscription.too_many',
  'subscription.over_share',
  'connection.too_many',
  'socket.too_many',
  'reply.too_large',
  'reply.compressed',
  'notice.too_many',
  'log.too_many',
  'list.cut',
  'definition.too_large',
  'text.cut',
] as const;

/** Name of a limit that refused a request. A published name. */
export type LimitName = (typeof LIMIT_NAMES)[number];
