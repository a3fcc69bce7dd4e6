import { json } from '../http/response.ts';
import { route, type Route } from '../http/route.ts';
import { openApiDocument } from '../open-api/document.ts';
import { anyObject, named } from './replies/named.ts';

const document = named('OpenApiDocument', anyObject);

/** The routes, described: these and the one that describes them. */
export function openApiRoutes(described: readonly Route[], version: string): readonly Route[] {
  let printed: object | undefined;
  const own: Route = route({
    method: 'GET',
    path: '/api/openapi.json',
    title: 'This document.',
    reply: document,
    run: () => json((printed ??= openApiDocument([...described, own], version))),
  });
  return [own];
}
