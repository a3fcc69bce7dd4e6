import type { ZodType } from 'zod';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { IncomingMessage } from 'node:http';
import { RequestError, refusal } from './request-error.ts';

const MAX_DEPTH = 128;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses the JSON body of a request; an empty body is `{}`.
 * @throws ClarityError REQUEST_INVALID with the field that is not valid.
 */
export function parseJsonBody<T>(bytes: Uint8Array, schema: ZodType<T>): T {
  const result = schema.safeParse(bytes.length === 0 ? {} : parseJson(bytes));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : (issue?.path ?? []);
  const field = path.map(String).join('.');
  throw invalid(
    toPrintableAscii(issue?.message ?? 'not a valid value'),
    field === '' ? {} : { field: toPrintableAscii(field) },
  );
}

function parseJson(bytes: Uint8Array): unknown {
  if (isTooDeep(bytes)) throw invalid(`JSON nested deeper than ${String(MAX_DEPTH)} levels`);
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    // The message of the parser contains input, so it is not part of the reply.
    throw invalid('the body is not JSON in UTF-8', { cause });
  }
}

/** Returns whether brackets outside strings are nested deeper than MAX_DEPTH, before a recursive parser reads them. */
function isTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === QUOTE) inString = !inString;
    else if (inString) i += byte === BACKSLASH ? 1 : 0;
    else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

const invalid = (subject: string, detail: { field?: string; cause?: unknown } = {}): ClarityError =>
  new ClarityError('REQUEST_INVALID', subject, detail);

const EMPTY = new Uint8Array();
const JSON_TYPE = /^application\/json[ \t]*(?:;|$)/i;

/** Returns whether the headers of a request announce a body. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Checks the headers of a body.
 * @throws RequestError 415 unless it is JSON without encoding, 413 if its announced length exceeds the limit.
 */
export function checkBody(req: IncomingMessage, maxBytes: number): void {
  if (!hasBody(req)) return;
  const { 'content-type': type, 'content-encoding': encoding, 'content-length': length } = req.headers;
  if (!JSON_TYPE.test(type ?? '')) {
    throw unsupported('content-type', 'the body must be application/json', 'send content-type: application/json');
  }
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw unsupported('content-encoding', 'encoded bodies are not supported', 'send the body without content-encoding');
  }
  if (Number(length ?? 0) > maxBytes) throw tooLarge(maxBytes);
}

/**
 * Reads the whole body. Returns undefined if the client disconnected before its end.
 * @throws RequestError 413 above the limit, 500 BODY_ALREADY_READ when a body parser left no bytes.
 */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  if (!hasBody(req)) return Promise.resolve(EMPTY);
  if (req.readableEnded) {
    const bytes = parsedBytes(req);
    if (bytes === undefined) return Promise.reject(refusal(500, 'BODY_ALREADY_READ', ''));
    return bytes.length > maxBytes ? Promise.reject(tooLarge(maxBytes)) : Promise.resolve(bytes);
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      req.off('data', take);
      reject(tooLarge(maxBytes));
    };
    const finish = (): void => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size));
    };
    const abandon = (): void => {
      resolve(undefined);
    };
    // The listeners stay: the request has no other use, and only the first outcome counts.
    req.on('data', take).on('end', finish).on('error', abandon).on('close', abandon);
  });
}

/** Members in which servers and body parsers keep the body of a request. */
interface ParsedRequest {
  readonly body?: unknown;
  /** Bytes beside a parsed `body`, for example in Google Cloud Functions. */
  readonly rawBody?: unknown;
}

/**
 * Returns the bytes of a body that a parser kept; undefined for a parsed object, which has lost duplicate members and the digits
 * of large numbers.
 */
function parsedBytes(req: IncomingMessage & ParsedRequest): Uint8Array | undefined {
  for (const kept of [req.rawBody, req.body]) {
    if (kept instanceof Uint8Array) return kept;
    if (typeof kept === 'string') return Buffer.from(kept);
  }
  return undefined;
}

const unsupported = (field: string, subject: string, hint: string): RequestError =>
  refusal(415, 'REQUEST_INVALID', subject, { field, hint });

const tooLarge = (maxBytes: number): RequestError =>
  refusal(413, 'PAYLOAD_TOO_LARGE', `a request body has at most ${String(maxBytes)} bytes`);
