import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from './fixture.ts';
import { listedTools } from './index.ts';

const ENCODED = /^=\?base64\?(.*)\?=$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const object = (value: unknown): Json => Object(value) as Json;

/** Returns the error of the headers that repeat arguments. The SDK does not check them at this layer. */
export function headerMismatch(headers: IncomingHttpHeaders, body: unknown): string | undefined {
  const { method, params } = object(body);
  if (method !== 'tools/call') return undefined;
  const { name, arguments: args } = object(params);
  const tool = listedTools.find((listed) => listed['name'] === name);
  const properties = object(object(tool?.['inputSchema'])['properties']);
  for (const [property, schema] of Object.entries(properties)) {
    const header = object(schema)['x-mcp-header'];
    if (typeof header !== 'string') continue;
    const value = object(args)[property] as string | number | boolean | null | undefined;
    const wanted = value === undefined || value === null ? undefined : String(value);
    if (decoded(headers[`mcp-param-${header.toLowerCase()}`]) !== wanted)
      return `Mcp-Param-${header} does not repeat the body`;
  }
  return undefined;
}

/** Returns null for an invalid header. */
function decoded(value: string | string[] | undefined): string | null | undefined {
  if (typeof value !== 'string') return value === undefined ? undefined : null;
  const encoded = ENCODED.exec(value)?.[1];
  if (encoded === undefined) return /[^\t\x20-\x7e]/.test(value) ? null : value;
  return BASE64.test(encoded) ? Buffer.from(encoded, 'base64').toString('utf8') : null;
}
