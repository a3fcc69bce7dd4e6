import { z } from 'zod';
import type { Route } from '../http/route.ts';
import { printInput, printShapes, shapeRef, type Printed } from './json-schema.ts';
import { refusalsOf, sharedRefusals } from './error-responses.ts';

const DESCRIPTION = [
  'What operators do with the runtime. Every answer that refuses is a Refusal; its code stands in docs/reference/errors.md.',
  'Without CLARITYD_AUTH_TOKEN callers of this machine need nothing; with it every request carries the token.',
  'The MCP endpoint, /mcp, is JSON-RPC and described in docs/reference/mcp.md.',
].join('\n\n');

/** The routes as an OpenAPI 3.1 document. The same routes and version print the same document. */
export function openApiDocument(routes: readonly Route[], version: string): object {
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
      responses: sharedRefusals(),
      schemas: printShapes(),
    },
  };
}

function operationOf(route: Route): object {
  const { method, path, title, query, body, reply } = route;
  const content =
    reply instanceof z.ZodType
      ? { 'application/json': { schema: shapeRef(reply) } }
      : { [reply.contentType]: { schema: { type: 'string' } } };
  const parameters = [
    ...(path.includes(':id') ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] : []),
    ...(query === undefined ? [] : parametersOf(printInput(query))),
  ];
  return {
    operationId: operationId(method, path),
    summary: title,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: bodyOf(printInput(body)) }),
    responses: {
      200: { description: reply instanceof z.ZodType ? 'Done.' : reply.says, content },
      ...refusalsOf(route),
    },
  };
}

/** An absent body counts as `{}`. */
const bodyOf = (schema: Printed): object => ({
  required: (schema.required ?? []).length > 0,
  content: { 'application/json': { schema } },
});

const parametersOf = ({ properties = {}, required = [] }: Printed): readonly object[] =>
  Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(required.includes(name) ? { required: true } : {}),
    ...(description === undefined ? {} : { description }),
    schema,
  }));

/** `getServicesById` for `GET /api/services/:id`. */
function operationId(method: string, path: string): string {
  const words = path.replace(/^\/(api\/)?/, '').split(/[^A-Za-z]+/);
  const name = words.map((word) => (word === 'id' ? 'ById' : word.charAt(0).toUpperCase() + word.slice(1))).join('');
  return method.toLowerCase() + name;
}
