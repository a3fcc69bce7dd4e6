import type { ZodType } from 'zod';
import type { Caller, ErrorCode } from '@clarity-runtime/core';
import { parseJsonBody } from './request-body.ts';
import { parseQuery } from './query.ts';
import type { Reply, StreamReply } from './response.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

/** A request as it came, its caller known. */
export interface RawRequest {
  readonly caller: Caller;
  readonly query: URLSearchParams;
  /** What stands at `:id` in the path, decoded. */
  readonly id: string;
  /** Empty when the request has none. */
  readonly body: Uint8Array;
  /** As the client wrote it, and known to be one of ours. */
  readonly host: string;
  /** What a client that comes back to a stream has seen last, as it says. */
  readonly lastEventId: string | undefined;
}

/** The same once it is read; `undefined` stands for what the route does not read. */
export interface RouteRequest<Query, Body> extends Omit<RawRequest, 'query' | 'body'> {
  readonly query: Query;
  readonly body: Body;
}

/** An answer that is not JSON. */
export interface OtherReply {
  readonly contentType: string;
  readonly says: string;
}

/** What is told of a route in the OpenAPI document, and how its requests are read. */
export interface RouteDescription<Query, Body> {
  readonly method: Method;
  /** Segments of literal text, and at most one `:id`. */
  readonly path: string;
  /** One line. */
  readonly title: string;
  /** Parameters of the address; without a schema they are not looked at. */
  readonly query?: ZodType<Query>;
  /** Without a schema a body is not looked at. */
  readonly body?: ZodType<Body>;
  /** What a 200 carries. */
  readonly reply: ZodType | OtherReply;
  /** What it refuses with, besides what every route does. */
  readonly refusals?: readonly ErrorCode[];
}

export interface Route extends RouteDescription<unknown, unknown> {
  run(request: RawRequest): Promise<Reply | StreamReply> | Reply;
}

interface RouteOptions<Query, Body> extends RouteDescription<Query, Body> {
  run(request: RouteRequest<Query, Body>): Promise<Reply | StreamReply> | Reply;
}

/** One route: what is printed of it is what its requests are read with. */
export const route = <Query = undefined, Body = undefined>(setting: RouteOptions<Query, Body>): Route => ({
  ...setting,
  run: (request) => {
    const query = setting.query === undefined ? undefined : parseQuery(request.query, setting.query);
    const body = setting.body === undefined ? undefined : parseJsonBody(request.body, setting.body);
    return setting.run({ ...request, query: query as Query, body: body as Body });
  },
});
