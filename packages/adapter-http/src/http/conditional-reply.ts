import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Reply } from './response.ts';

/** Smaller bodies do not get smaller by much. */
const MIN_BYTES = 1_024;
const compress = promisify(gzip);
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Returns the reply to a request that reads: 304 for the entity tag that the client has (RFC 9110 §13.1.2), and JSON compressed
 * for a client that accepts it. Replies to other methods stay as they are: one that has a new secret is never compressed.
 */
export async function conditionalReply({ method, headers }: IncomingMessage, reply: Reply): Promise<Reply> {
  if ((method !== 'GET' && method !== 'HEAD') || reply.status !== 200) return reply;
  const { etag } = reply.headers;
  if (typeof etag === 'string' && namesTag(headers['if-none-match'], etag)) {
    return { status: 304, body: '', headers: { etag } };
  }
  if (reply.headers['content-type'] !== JSON_TYPE || Buffer.byteLength(reply.body) < MIN_BYTES) return reply;
  const vary = { vary: 'accept-encoding' };
  if (!acceptsGzip(headers['accept-encoding'])) return { ...reply, headers: { ...reply.headers, ...vary } };
  const body = await compress(reply.body, { level: constants.Z_BEST_SPEED });
  return { ...reply, body, headers: { ...reply.headers, ...vary, 'content-encoding': 'gzip' } };
}

const namesTag = (given: string | undefined, etag: string): boolean =>
  given?.split(',').some((tag) => tag.trim() === etag || tag.trim() === '*') === true;

/** `q=0` refuses a coding (RFC 9110 §12.5.3). */
const acceptsGzip = (given: string | string[] | undefined): boolean =>
  typeof given === 'string' &&
  given.split(',').some((coding) => /^ *gzip *(?:;|$)/i.test(coding) && !/; *q=0(?:\.0{1,3})? *$/i.test(coding));
