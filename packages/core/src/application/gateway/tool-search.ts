import { failure } from '../../domain/errors/clarity-error.ts';
import type { ToolDefinition } from '../../domain/interfaces/interface-snapshot.ts';
import { ToolIndex, type IndexedTool } from '../../domain/interfaces/tool-index.ts';
import { membersOf } from '../../domain/json/json-members.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import type { Era, McpParams, McpReply } from '../../domain/mcp/mcp.ts';
import { failedToolResult } from '../../domain/mcp/tool-result.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { OfferedEntry, Route } from './tool-router.ts';

const FIND = 'runtime__find_tools';
const DESCRIBE = 'runtime__describe_tool';
const CALL = 'runtime__call_tool';

const MAX_FOUND = 25;
const DEFAULT_FOUND = 8;
const MAX_OFFSET = 10_000;
const MAX_NAME = 256;
/** Characters of a description in a result of the search. */
const SUMMARY_LENGTH = 160;

const object = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const name = { type: 'string', maxLength: MAX_NAME, description: `Name from a result of ${FIND}.` };
const READ_ONLY = { readOnlyHint: true, openWorldHint: false };

const DEFINITIONS = [
  {
    name: CALL,
    title: 'Call a tool',
    description: `Calls a tool that ${FIND} found. Read its parameters with ${DESCRIBE} first.`,
    inputSchema: object({ name, arguments: { type: 'object', description: 'Arguments of the tool.' } }, ['name']),
  },
  {
    name: DESCRIBE,
    title: 'Describe a tool',
    description: 'Returns the full definition of a tool with its parameters.',
    inputSchema: object({ name }, ['name']),
    annotations: READ_ONLY,
  },
  {
    name: FIND,
    title: 'Find tools',
    description:
      'Finds tools by words of their names and descriptions, the best match first. Without a query it lists all.',
    inputSchema: object({
      query: { type: 'string', maxLength: 400, description: 'Words of the task, for example: create issue.' },
      service: { type: 'string', maxLength: 64, description: 'Only tools of this service.' },
      limit: { type: 'integer', minimum: 1, maximum: MAX_FOUND, default: DEFAULT_FOUND },
      offset: { type: 'integer', minimum: 0, maximum: MAX_OFFSET, default: 0 },
    }),
    annotations: READ_ONLY,
  },
];

/** The definitions of the search tools as JSON text, by name. */
export const SEARCH_TOOLS: readonly Pick<OfferedEntry, 'name' | 'text' | 'legacyText'>[] = DEFINITIONS.map((tool) => {
  const text = JSON.stringify(tool);
  return { name: tool.name, text, legacyText: text };
});

/** Instructions of an endpoint with the search tools. */
export const SEARCH_INSTRUCTIONS = `Not all tools are in the list. Find them with ${FIND}, read one with ${DESCRIBE}, call it with ${CALL}.`;

interface Searchable extends IndexedTool {
  readonly entry: OfferedEntry<ToolDefinition>;
}

/** A reply of the search, or the parameters of the direct call in its place. */
export type SearchAnswer = { readonly reply: McpReply } | { readonly call: McpParams };

/** The search tools of one endpoint: they show and call exactly the entries, which the caller may use. */
export class ToolSearch {
  readonly #entries: ReadonlyMap<string, OfferedEntry<ToolDefinition>>;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #refuses: (route: Route) => boolean;
  #index: ToolIndex<Searchable> | undefined;

  /**
   * `refuses` returns whether a direct call of an entry that is not offered is refused with a reason, for example because of a
   * quarantine. Such a call is passed on, so that the client reads the reason.
   */
  constructor(
    entries: readonly OfferedEntry<ToolDefinition>[],
    { routes, refuses }: { readonly routes: ReadonlyMap<string, Route>; readonly refuses: (route: Route) => boolean },
  ) {
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
    this.#routes = routes;
    this.#refuses = refuses;
  }

  /** Returns the answer to a call of a search tool; undefined for other tools. */
  answer(params: McpParams, era: Era): SearchAnswer | undefined {
    const tool = params.get('name')?.value;
    if (tool !== FIND && tool !== DESCRIBE && tool !== CALL) return undefined;
    const given = params.get('arguments');
    const args = given?.bytes[0] === 0x7b ? membersOf(given) : new Map<string, RawJson>();
    if (tool === FIND) return this.#find(args);
    const named = args.get('name')?.value;
    if (typeof named !== 'string' || named === '')
      return refused('ARGUMENTS_INVALID', 'name is missing or not a string');
    if (tool === DESCRIBE) {
      const entry = this.#entries.get(named);
      return entry === undefined ? unknown(named) : text(era === 'modern' ? entry.text : entry.legacyText);
    }
    const route = this.#routes.get(named);
    if (!this.#entries.has(named) && (route === undefined || !this.#refuses(route))) return unknown(named);
    const passed = args.get('arguments');
    if (passed !== undefined && passed.bytes[0] !== 0x7b)
      return refused('ARGUMENTS_INVALID', 'arguments is not an object');
    const call = new Map(params).set('name', RawJson.of(named));
    call.delete('arguments');
    if (passed !== undefined) call.set('arguments', passed);
    return { call };
  }

  #find(args: ReadonlyMap<string, RawJson>): SearchAnswer {
    const [query, service] = [args.get('query')?.value ?? '', args.get('service')?.value];
    const [limit, offset] = [args.get('limit')?.value ?? DEFAULT_FOUND, args.get('offset')?.value ?? 0];
    if (typeof query !== 'string') return refused('ARGUMENTS_INVALID', 'query is not a string');
    if (service !== undefined && typeof service !== 'string')
      return refused('ARGUMENTS_INVALID', 'service is not a string');
    if (!isWhole(limit, 1, MAX_FOUND))
      return refused('ARGUMENTS_INVALID', `limit is not a whole number from 1 to ${String(MAX_FOUND)}`);
    if (!isWhole(offset, 0, MAX_OFFSET))
      return refused('ARGUMENTS_INVALID', `offset is not a whole number from 0 to ${String(MAX_OFFSET)}`);
    this.#index ??= new ToolIndex([...this.#entries.values()].map(searchable));
    const page = this.#index.search({
      text: query,
      offset,
      limit,
      ...(service === undefined ? {} : { namespace: service }),
    });
    const tools = page.tools.map(({ name: found, namespace, description }) => ({
      name: found,
      service: namespace,
      description: summary(description),
    }));
    const next = offset + tools.length;
    return text(JSON.stringify({ tools, total: page.total, ...(next < page.total ? { nextOffset: next } : {}) }));
  }
}

function searchable(entry: OfferedEntry<ToolDefinition>): Searchable {
  const { title, description = '', inputSchema } = JSON.parse(entry.text) as Partial<Record<string, unknown>>;
  const { properties } = Object(inputSchema) as { readonly properties?: unknown };
  return {
    entry,
    name: entry.name,
    namespace: entry.route.service.namespace,
    ...(typeof title === 'string' ? { title } : {}),
    description: typeof description === 'string' ? description : '',
    parameters: Object.keys(Object(properties) as object),
  };
}

/** Returns the start of a description on one line. */
function summary(description: string): string {
  const line = description
    .slice(0, 4 * SUMMARY_LENGTH)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= SUMMARY_LENGTH ? line : `${line.slice(0, SUMMARY_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const isWhole = (value: unknown, min: number, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;

const text = (content: string): SearchAnswer => ({
  reply: { result: RawJson.of({ content: [{ type: 'text', text: content }] }) },
});

const refused = (code: 'ARGUMENTS_INVALID' | 'TOOL_NOT_FOUND', subject: string, hint?: string): SearchAnswer => ({
  reply: {
    result: failedToolResult(failure(code, subject, hint === undefined ? {} : { hint })),
    isError: true,
  },
});

const unknown = (named: string): SearchAnswer =>
  refused('TOOL_NOT_FOUND', toPrintableAscii(named.slice(0, MAX_NAME)), `find tools with ${FIND}`);
