import type { CommandContext } from './command-context.ts';
import { openMcp, textOf, type ListedDefinition } from './mcp-session.ts';
import { tokensOf } from './tool-help.ts';

/** Own tools of the runtime on `/mcp`. */
const OWN = 'runtime';
const LARGEST = 5;
/** Limits of known clients for the number of tools, from their documentation. */
const TOOL_LIMITS = [
  ['Cursor', 40],
  ['Windsurf', 100],
  ['VS Code', 128],
] as const;

/** The part of one service in a list of tools. */
export interface ToolShare {
  readonly name: string;
  readonly tools: number;
  readonly tokens: number;
}

/** The size of a list of tools. Tokens are an estimate: bytes of the list in UTF-8, divided by 4. */
export interface ToolCost {
  readonly tools: number;
  readonly tokens: number;
  /** The largest first. */
  readonly services: readonly ToolShare[];
  readonly largest: readonly { readonly name: string; readonly tokens: number }[];
  /** Clients that use fewer tools. */
  readonly exceeded: readonly { readonly client: string; readonly limit: number }[];
}

/** Reads the list of tools of `/mcp`, or of a profile, and returns its size. */
export async function readToolCost(session: CommandContext, profile?: string): Promise<ToolCost> {
  await using client = await openMcp(session, profile === undefined ? undefined : { profile });
  const tools = await client.list('tools/list', 'tools');
  const { items } = await session.api.services();
  return toolCost(
    tools,
    items.map(({ namespace }) => namespace),
  );
}

/** Returns the size of a list of tools of these services. */
export function toolCost(tools: readonly ListedDefinition[], namespaces: readonly string[]): ToolCost {
  const services = sharesOf(tools, namespaces);
  return {
    tools: tools.length,
    tokens: services.reduce((sum, share) => sum + share.tokens, 0),
    services,
    largest: tools
      .map((tool) => ({ name: textOf(tool, 'name'), tokens: tokensOf(tool) }))
      .sort((a, b) => b.tokens - a.tokens)
      .slice(0, LARGEST),
    exceeded: TOOL_LIMITS.filter(([, limit]) => tools.length > limit).map(([client, limit]) => ({ client, limit })),
  };
}

function sharesOf(tools: readonly ListedDefinition[], namespaces: readonly string[]): readonly ToolShare[] {
  const shares = new Map<string, { tools: number; tokens: number }>();
  const byLength = [...namespaces, OWN].sort((a, b) => b.length - a.length);
  for (const tool of tools) {
    const name = textOf(tool, 'name');
    const owner = byLength.find((namespace) => name.startsWith(`${namespace}__`)) ?? 'other names';
    const share = shares.get(owner) ?? { tools: 0, tokens: 0 };
    shares.set(owner, { tools: share.tools + 1, tokens: share.tokens + tokensOf(tool) });
  }
  return [...shares].map(([name, share]) => ({ name, ...share })).sort((a, b) => b.tokens - a.tokens);
}
