import { McpClient, type McpClientOptions } from '../api/mcp-client.ts';
import { CliError } from '../support/cli-error.ts';
import type { CommandContext } from './command-context.ts';
import { endpointOf } from './render.ts';
import { nearestName } from '../arguments/nearest-name.ts';

/** One definition of a list, as a client of the endpoint sees it. */
export type ListedDefinition = Readonly<Record<string, unknown>>;

/** Returns the text of a member, or an empty one. */
export const textOf = (definition: ListedDefinition, member: string): string => {
  const value = definition[member];
  return typeof value === 'string' ? value : '';
};

/** Opens a session on `/mcp`, or on the endpoint of one service or of a profile. */
export async function openMcp(
  session: CommandContext,
  place?: string | { readonly profile: string },
  handlers: Pick<McpClientOptions, 'onNotification' | 'onQuestion'> = {},
): Promise<McpClient> {
  const { api, token } = session;
  await api.proven();
  const endpoint = mcpEndpointOf(api, place);
  return McpClient.open({ endpoint, token, tenant: api.tenant, ...handlers });
}

/** Returns the URL of `/mcp`, or of the endpoint of one service or of a profile. */
export function mcpEndpointOf(api: CommandContext['api'], place?: string | { readonly profile: string }): URL {
  const path = typeof place === 'object' ? `/profiles/${encodeURIComponent(place.profile)}` : encodedPath(place);
  return new URL(`${endpointOf(api)}${path}`);
}

const encodedPath = (service: string | undefined): string =>
  service === undefined ? '' : `/${encodeURIComponent(service)}`;

/** A tool, and the endpoint that has it under this name. */
export interface FoundTool {
  readonly name: string;
  /** Namespace of the service whose endpoint has the tool; absent for `/mcp`. */
  readonly service?: string;
  readonly definition: ListedDefinition;
}

/**
 * Finds a tool by its name on `/mcp`, by `<service>/<tool>`, or by service and tool.
 * @throws CliError with the nearest name when it does not exist.
 */
export async function findTool(session: CommandContext, first: string, second?: string): Promise<FoundTool> {
  const place = placeOf(first, second);
  if (place.service !== undefined) return findToolOf(session, place.service, place.name);
  await using client = await openMcp(session);
  const tools = await client.list('tools/list', 'tools');
  const definition = tools.find((tool) => tool['name'] === first);
  if (definition !== undefined) return { name: first, definition };
  throw unknownTool(first, tools);
}

function placeOf(first: string, second: string | undefined): { readonly service?: string; readonly name: string } {
  if (second !== undefined) return { service: first, name: second };
  const slash = first.indexOf('/');
  return slash <= 0 ? { name: first } : { service: first.slice(0, slash), name: first.slice(slash + 1) };
}

async function findToolOf(session: CommandContext, service: string, name: string): Promise<FoundTool> {
  await using client = await openMcp(session, service);
  const tools = await client.list('tools/list', 'tools');
  const definition = tools.find((tool) => tool['name'] === name);
  if (definition === undefined) throw unknownTool(name, tools, service);
  return { name, service, definition };
}

function unknownTool(name: string, tools: readonly ListedDefinition[], service?: string): CliError {
  const names = tools.map((tool) => textOf(tool, 'name'));
  const near = nearestName(name, names) ?? names.find((known) => known.endsWith(`__${name}`));
  const where = service === undefined ? '' : ` of ${service}`;
  return new CliError(`unknown tool '${name}'${where}${near === undefined ? '' : `, did you mean '${near}'?`}`, {
    hint: service === undefined ? 'see `clarityctl tools`' : `see \`clarityctl tools ${service}\``,
    code: 'TOOL_NOT_FOUND',
  });
}
