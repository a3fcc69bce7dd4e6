import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ResultSchema, type Result } from '@modelcontextprotocol/sdk/types.js';
import type { SafeCall } from './servers.ts';

/** Everything that a client sees of a server, as JSON texts by request. */
export interface Observation {
  readonly texts: ReadonlyMap<string, string>;
  readonly toolNames: readonly string[];
  /** Calls without the arguments that their tools require. */
  readonly refused: readonly SafeCall[];
  /** Requests that are not compared. */
  readonly unstable?: ReadonlySet<string>;
}

const LISTS = [
  ['tools', 'tools/list', 'tools'],
  ['resources', 'resources/list', 'resources'],
  ['resources', 'resources/templates/list', 'resourceTemplates'],
  ['prompts', 'prompts/list', 'prompts'],
] as const;
/** Without it the gateway hides the tools that only app pages call. */
const CAPABILITIES = { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } } };
const MAX_PAGES = 50;
/** Refused calls of a server. */
const MAX_REFUSED = 3;
const REQUEST_MS = 60_000;

/**
 * Returns calls that a server refuses, of its first tools by name: the required arguments are absent. They change nothing, so that
 * calls of every server with such a tool are compared.
 */
function refusedCalls(tools: readonly unknown[]): readonly SafeCall[] {
  return sorted(tools)
    .filter((tool) => {
      const { inputSchema } = tool as { readonly inputSchema?: { readonly required?: unknown } };
      return Array.isArray(inputSchema?.required) && inputSchema.required.length > 0;
    })
    .slice(0, MAX_REFUSED)
    .map((tool) => ({ tool: nameOf(tool), args: {} }));
}

/** Connects the official client, reads all lists and calls the tools that the server has. */
export async function observe(transport: Transport, calls: readonly SafeCall[]): Promise<Observation> {
  const client = new Client({ name: 'matrix', version: '1' }, { capabilities: CAPABILITIES });
  try {
    await client.connect(transport, { timeout: REQUEST_MS });
    const capabilities = client.getServerCapabilities() ?? {};
    const texts = new Map<string, string>();
    let tools: readonly unknown[] = [];
    for (const [capability, method, member] of LISTS) {
      if (capabilities[capability] === undefined) continue;
      const entries = await listOf(client, method, member);
      texts.set(method, typeof entries === 'string' ? entries : JSON.stringify(sorted(entries)));
      if (member === 'tools' && typeof entries !== 'string') tools = entries;
    }
    for (const { tool, args } of calls) {
      const text = await outcomeOf(client, 'tools/call', { name: tool, arguments: args });
      texts.set(`tools/call ${tool} ${JSON.stringify(args)}`, text);
    }
    return { texts, toolNames: tools.map(nameOf), refused: refusedCalls(tools) };
  } finally {
    await client.close();
  }
}

/** The gateway lists entries by name, so that pages and digests are stable: the order is not compared. */
const sorted = (entries: readonly unknown[]): readonly unknown[] =>
  entries.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

function keyOf(entry: unknown): string {
  const { name, uri, uriTemplate } = entry as Readonly<Record<string, unknown>>;
  return JSON.stringify([uri ?? uriTemplate ?? name, entry]);
}

const nameOf = (entry: unknown): string => String((entry as { readonly name?: unknown }).name);

/** Returns the entries of all pages, or the error of a page as text. */
async function listOf(client: Client, method: string, member: string): Promise<readonly unknown[] | string> {
  const entries: unknown[] = [];
  let cursor: unknown;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const result = await request(client, method, params).catch((error: unknown) => errorText(error));
    if (typeof result === 'string') return result;
    entries.push(...((result[member] ?? []) as readonly unknown[]));
    cursor = result['nextCursor'];
    if (cursor === undefined) return entries;
  }
  throw new Error(`${method} has more than ${String(MAX_PAGES)} pages`);
}

const outcomeOf = (client: Client, method: string, params: Readonly<Record<string, unknown>>): Promise<string> =>
  request(client, method, params).then((result) => JSON.stringify(result), errorText);

/** The schema of any result keeps unknown members, so that the SDK leaves nothing out. */
const request = (client: Client, method: string, params: Readonly<Record<string, unknown>>): Promise<Result> =>
  client.request({ method, params }, ResultSchema, { timeout: REQUEST_MS });

function errorText(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return `error ${String(code)}: ${String(message)}`;
}

/** Returns the first of two observations of one server, and the requests whose outcomes differ by themselves, by times for example. */
export function stable(first: Observation, second: Observation): Observation {
  const unstable = [...first.texts.keys()].filter((key) => first.texts.get(key) !== second.texts.get(key));
  return { ...first, unstable: new Set(unstable) };
}

/** A list that a server announces and does not have is empty behind the gateway. */
const METHOD_NOT_FOUND = /^error -32601:/;

/** Returns the requests whose outcomes differ, with both texts around the first difference. */
export function differencesOf(direct: Observation, through: Observation): readonly string[] {
  const keys = new Set([...direct.texts.keys(), ...through.texts.keys()]);
  return [...keys].flatMap((key) => {
    if (direct.unstable?.has(key) === true) return [];
    const [a, b] = [direct.texts.get(key) ?? 'absent', through.texts.get(key) ?? 'absent'];
    if (a === b || (METHOD_NOT_FOUND.test(a) && b === '[]')) return [];
    let at = 0;
    while (a[at] === b[at]) at += 1;
    const from = Math.max(0, at - 40);
    return [`${key}: direct …${a.slice(from, at + 80)}… gateway …${b.slice(from, at + 80)}…`];
  });
}
