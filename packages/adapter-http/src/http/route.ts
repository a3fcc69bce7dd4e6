import type { ApiRoute, Immutable } from '@clarity-runtime/api-contract';
import { ClarityError, type Caller } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { z, ZodType } from 'zod';
import { parseJsonBody } from './request-body.ts';
import { json, type Reply, type StreamReply } from './response.ts';

/** A request of a known caller, before its query and its body are parsed. */
export interface RawRequest {
  readonly caller: Caller;
  readonly query: URLSearchParams;
  /** The segment at `:id` of the path, percent-decoded; empty for a path without `:id`. */
  readonly id: string;
  /** Empty for a request without a body. */
  readonly body: Uint8Array;
  /** The `Host` header as the client sent it; the guard checked it. */
  readonly host: string;
  /** The `Accept` header; empty without one. */
  readonly accept: string;
  /** Aborts when the client disconnects before the end of the reply. */
  readonly signal: AbortSignal;
  /** The `Last-Event-ID` header. */
  readonly lastEventId: string | undefined;
}

/** A request whose query and body are parsed with the schemas of its route; `undefined` without a schema. */
export interface RouteRequest<R> extends Omit<RawRequest, 'query' | 'body'> {
  readonly query: R extends { readonly query: ZodType<infer Query> } ? Query : undefined;
  readonly body: R extends { readonly body: ZodType<infer Body> } ? Body : undefined;
  /** The bytes of `body`, for values whose digits must not change. */
  readonly bytes: Uint8Array;
}

/** The JSON of a 200 response. */
export type ReplyBody<R> = R extends { readonly reply: infer Reply extends ZodType }
  ? Immutable<z.input<Reply>>
  : never;

/** A route of the contract with its handler. */
export interface HttpRoute extends Pick<ApiRoute, 'method' | 'path' | 'grant'> {
  run(request: RawRequest): Promise<Reply | StreamReply> | Reply;
}

/** Returns a route that responds 200 with the JSON that `run` returns. */
export const jsonRoute = <R extends ApiRoute>(
  row: R,
  run: (request: RouteRequest<R>) => Promise<ReplyBody<R>> | ReplyBody<R>,
): HttpRoute => route(row, async (request) => json(await run(request)));

/**
 * Returns a route whose `run` builds the whole response.
 * @throws ClarityError REQUEST_INVALID with the parameter or field that is not valid.
 */
export const route = <R extends ApiRoute>(
  row: R,
  run: (request: RouteRequest<R>) => Promise<Reply | StreamReply> | Reply,
): HttpRoute => ({
  method: row.method,
  path: row.path,
  grant: row.grant,
  run: (request) => {
    const query = row.query === undefined ? undefined : parseQuery(request.query, row.query);
    const body = row.body === undefined ? undefined : parseJsonBody(request.body, row.body);
    return run({ ...request, query, body, bytes: request.body } as RouteRequest<R>);
  },
});

/**
 * Parses the query of a request.
 * @throws ClarityError REQUEST_INVALID with the parameter that is not valid.
 */
function parseQuery<T>(query: URLSearchParams, schema: ZodType<T>): T {
  const twice = [...query.keys()].find((name, i, names) => names.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(twice, 'is given more than once', 'send it once');
  const read = schema.safeParse(Object.fromEntries(query));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    throw invalid(issue.keys[0] ?? '', 'is not a parameter of this route', 'remove it');
  }
  const name = String(issue?.path[0] ?? '');
  const given = query.get(name);
  throw invalid(name, given === null ? 'is missing' : `'${toPrintableAscii(given)}'`, issue?.message ?? '');
}

function invalid(name: string, problem: string, hint: string): ClarityError {
  const field = toPrintableAscii(name);
  return new ClarityError('REQUEST_INVALID', `${field} ${problem}`, { field, hint });
}
