import { routes } from '@clarity-runtime/api-contract';
import { jsonRoute, type HttpRoute } from '../http/route.ts';
import { openApiDocument } from '../open-api/document.ts';

/** Returns the route of the OpenAPI document. The first request prints the document. */
export function openApiRoutes(version: string): readonly HttpRoute[] {
  let printed: Readonly<Record<string, unknown>> | undefined;
  return [jsonRoute(routes.getOpenApi, () => (printed ??= openApiDocument(Object.values(routes), version)))];
}
