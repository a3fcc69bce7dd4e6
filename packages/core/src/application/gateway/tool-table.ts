import type { InterfaceSnapshot, ToolDefinition } from '../../domain/interface-snapshot.ts';
import { RawJson } from '../../domain/raw-json.ts';
import type { Service } from '../../domain/service.ts';
import { exposedToolName } from '../../domain/tool-name.ts';

/** Key in `_meta` of a listed tool whose name had to be altered. */
const ORIGINAL_NAME = 'clarity/originalName';

/** Where a name on an endpoint leads. */
export interface ToolRoute {
  readonly service: Service;
  /** The service's own name for the tool. */
  readonly tool: string;
}

/** Names of an endpoint and the tool list that it shows, encoded once. */
export interface ToolTable {
  readonly routes: ReadonlyMap<string, ToolRoute>;
  /** `{ "tools": [...] }`, ordered by name. */
  readonly list: RawJson;
}

export interface OfferedService {
  readonly service: Service;
  readonly snapshot: InterfaceSnapshot;
  /** Its tools are listed. Those of other services only have a route, so that a call can say why it fails. */
  readonly listed: boolean;
}

/** Every service under its namespace. `offered` is ordered: of two tools that want one name the later is renamed. */
export function sharedToolTable(offered: readonly OfferedService[], maxLength: number): ToolTable {
  const routes = new Map<string, ToolRoute>();
  const listed: Listed[] = [];
  for (const { service, snapshot, listed: isListed } of offered) {
    for (const tool of snapshot.tools) {
      const name = freeName(routes, service, tool.name, maxLength);
      routes.set(name, { service, tool: tool.name });
      if (isListed) listed.push({ name, tool, plainName: `${service.namespace}__${tool.name}` });
    }
  }
  return { routes, list: encode(listed) };
}

/** One service with its names untouched. */
export function ownToolTable({ service, snapshot, listed }: OfferedService): ToolTable {
  const routes = new Map(snapshot.tools.map(({ name }) => [name, { service, tool: name }]));
  return {
    routes,
    list: encode(listed ? snapshot.tools.map((tool) => ({ name: tool.name, tool, plainName: tool.name })) : []),
  };
}

function freeName(
  taken: ReadonlyMap<string, ToolRoute>,
  { namespace, serviceId }: Service,
  tool: string,
  maxLength: number,
): string {
  const name = exposedToolName(namespace, tool, maxLength);
  return taken.has(name) ? exposedToolName(`${namespace}.${serviceId}`, tool, maxLength) : name;
}

interface Listed {
  readonly name: string;
  readonly tool: ToolDefinition;
  /** What it would be called if every client took every name. */
  readonly plainName: string;
}

function encode(tools: readonly Listed[]): RawJson {
  const sorted = tools.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return RawJson.fromText(`{"tools":[${sorted.map(definition).join(',')}]}`);
}

/** Where the name had to be altered, title and `_meta` still have the original. */
function definition({ name, tool, plainName }: Listed): string {
  if (tool.name === name) return tool.raw.text;
  const written = tool.raw.value as Readonly<Record<string, unknown>>;
  if (name === plainName) return JSON.stringify({ ...written, name });
  const _meta = { ...(Object(written._meta) as object), [ORIGINAL_NAME]: plainName };
  return JSON.stringify({ ...written, name, title: tool.title ?? tool.name, _meta });
}
