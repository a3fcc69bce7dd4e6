import { z } from 'zod';

const era = z.enum(['modern', 'legacy']);
const record = z.record(z.string(), z.unknown());

/** A request passes one daemon besides the one that received it: a daemon refuses an opening with another number. */
export const HOPS = 1;

/** First frame of a connection: its purpose. */
export const opening = z.discriminatedUnion('ask', [
  z.object({
    ask: z.literal('service'),
    hop: z.literal(HOPS),
    serviceId: z.string().min(1).max(256),
    era: era.optional(),
    clientCapabilities: record.optional(),
    /** The client answers questions of the service while no call is in flight. */
    answers: z.boolean().optional(),
    mark: z.string().max(2_048).optional(),
  }),
  z.object({
    ask: z.literal('logs'),
    hop: z.literal(HOPS),
    serviceId: z.string().min(1).max(256),
    limit: z.int().min(1).max(100_000),
  }),
  z.object({ ask: z.literal('store'), hop: z.literal(HOPS) }),
]);

/** The purpose of a connection. */
export type PeerOpening = z.infer<typeof opening>;

/** The result of the handshake of the service. */
export const facts = z.object({
  era,
  isEraProven: z.boolean().optional(),
  capabilities: record,
  info: z.looseObject({ name: z.string(), version: z.string() }).optional(),
  revision: z.string().optional(),
  instructions: z.string().optional(),
});

/** JSON has no Infinity and writes null. */
const amount = z
  .number()
  .nullable()
  .transform((value) => value ?? Infinity);

/** Limits of one request, which come before the bytes of its message. */
export const limits = z.object({
  idleMs: amount,
  totalMs: amount,
  maxReplyBytes: amount,
  maxMediaBytes: amount.optional(),
});

export const logs = z.object({ lines: z.array(z.string()) });
export const store = z.object({ isReached: z.boolean() });

export const readJson = (payload: Buffer): unknown => JSON.parse(payload.toString('utf8'));
