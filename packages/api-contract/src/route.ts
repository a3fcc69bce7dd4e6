import type { ZodType } from 'zod';
import type { ApiErrorCode } from './errors.ts';

/** A reply that is not JSON. */
export interface TextReply {
  readonly contentType: string;
  readonly description: string;
}

/** The grants of a caller. */
export const GRANTS = [
  'read',
  'call',
  'inspect',
  'operate',
  'login',
  'provision',
  'secrets',
  'approve',
  'admin',
] as const;
/** The verb that a route requires. */
export type ApiGrant = (typeof GRANTS)[number];

/** One route of the HTTP API. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Literal segments and at most one `:id`. */
  readonly path: string;
  /** One sentence for the OpenAPI document. */
  readonly title: string;
  /** The grant that a caller needs for some service. The use case decides about the service that the request names. */
  readonly grant: ApiGrant;
  /** Parameters of the query; without it the daemon ignores the query. */
  readonly query?: ZodType;
  /** The JSON body; without it the daemon ignores the body. */
  readonly body?: ZodType;
  /** The reply with status 200. */
  readonly reply: ZodType | TextReply;
  /** Errors of this route, in addition to the errors of all routes. */
  readonly errors?: readonly ApiErrorCode[];
}

/** Error of every route that names a service. */
export const NO_SERVICE: readonly ApiErrorCode[] = ['SERVICE_NOT_FOUND'];

type Details = Omit<ApiRoute, 'method' | 'path' | 'title'>;

/** Returns a function that writes rows of one method. */
const row =
  <const M extends ApiRoute['method']>(method: M) =>
  <const D extends Details>(path: string, title: string, details: D) => ({ method, path, title, ...details });
export const get = row('GET');
export const post = row('POST');
export const del = row('DELETE');
