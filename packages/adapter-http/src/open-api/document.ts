import { defined } from '@clarity-runtime/core/internal';
import { z } from 'zod';
import type { ApiRoute } from '@clarity-runtime/api-contract';
import { componentRef, componentSchemas, inputSchema, type JsonSchema } from './json-schema.ts';
import { errorResponses, sharedErrorResponses } from './error-responses.ts';

const DESCRIPTION = [
  'The API for operators of the runtime. Every error reply is a Refusal; docs/reference/errors.md lists its codes.',
  'Without CLARITYD_AUTH_TOKEN callers of this machine need no token; with it every request has a token.',
  '`x-clarity-grant` of an operation is the grant that its caller needs; docs/guides/secure.md describes grants.',
  'The MCP endpoint, /mcp, uses JSON-RPC: docs/reference/mcp.md describes it.',
].join('\n\n');

/** Returns the OpenAPI 3.1 document of the routes. The same routes and version give the same document. */
export function openApiDocument(routes: readonly ApiRoute[], version: string): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(':id', '{id}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Clarity Runtime', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    security: [{}, { bearer: [] }, { token: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        token: { type: 'apiKey', in: 'header', name: 'x-clarity-token' },
      },
      responses: sharedErrorResponses(),
      schemas: componentSchemas(),
    },
  };
}

function operationOf(route: ApiRoute): object {
  const { method, path, title, grant, query, body, reply } = route;
  const content =
    reply instanceof z.ZodType
      ? { 'application/json': { schema: componentRef(reply) } }
      : { [reply.contentType]: { schema: { type: 'string' } } };
  const parameters = [
    ...(path.includes(':id') ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] : []),
    ...(query === undefined ? [] : parametersOf(inputSchema(query))),
  ];
  return {
    operationId: operationId(method, path),
    summary: title,
    'x-clarity-grant': grant,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...defined({ requestBody: body && bodyOf(inputSchema(body)) }),
    responses: {
      200: { description: reply instanceof z.ZodType ? 'The operation succeeded.' : reply.description, content },
      ...errorResponses(route),
    },
  };
}

/** A body without required members may be absent: the daemon reads it as `{}`. */
const bodyOf = (schema: JsonSchema): object => ({
  required: (schema.required ?? []).length > 0,
  content: { 'application/json': { schema } },
});

const parametersOf = ({ properties = {}, required = [] }: JsonSchema): readonly object[] =>
  Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(required.includes(name) ? { required: true } : {}),
    ...defined({ description }),
    schema,
  }));

/** Returns for example `getServicesById` for `GET /api/services/:id`. */
function operationId(method: string, path: string): string {
  const words = path.replace(/^\/(api\/)?/, '').split(/[^A-Za-z]+/);
  const name = words.map((word) => (word === 'id' ? 'ById' : word.charAt(0).toUpperCase() + word.slice(1))).join('');
  return method.toLowerCase() + name;
}
