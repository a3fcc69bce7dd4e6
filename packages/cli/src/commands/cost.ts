import type { Command } from '../command-support/command.ts';
import { openMcp, textOf, type ListedDefinition } from '../command-support/mcp-session.ts';
import { tokensOf } from '../command-support/tool-help.ts';
import { ExitCode } from '../support/cli-error.ts';

/** Own tools of the runtime on `/mcp`. */
const OWN = 'runtime';
const LARGEST = 5;
/** Limits of known clients for the number of tools, from their documentation. */
const TOOL_LIMITS = [
  ['Cursor', 40],
  ['Windsurf', 100],
  ['VS Code', 128],
] as const;

interface Share {
  readonly name: string;
  readonly tools: number;
  readonly tokens: number;
}

/** Prints the size of the list of tools that each client puts into the context of its model. */
export const cost: Command = {
  syntax: 'cost',
  describe: 'estimate the tokens that each client pays for the tool list of /mcp',
  flags: { profile: { type: 'text', describe: 'name of a profile, in place of /mcp' } },
  run: async (given, session) => {
    const { output } = session;
    const profile = given.text('profile');
    const place = profile === undefined ? '/mcp' : `/mcp/profiles/${profile}`;
    await using client = await openMcp(session, profile === undefined ? undefined : { profile });
    const tools = await client.list('tools/list', 'tools');
    const { items: services } = await session.api.services();
    const shares = sharesOf(
      tools,
      services.map(({ namespace }) => namespace),
    );
    const tokens = shares.reduce((sum, share) => sum + share.tokens, 0);
    const largest = tools
      .map((tool) => ({ name: textOf(tool, 'name'), tokens: tokensOf(tool) }))
      .sort((a, b) => b.tokens - a.tokens)
      .slice(0, LARGEST);
    const exceeded = TOOL_LIMITS.filter(([, limit]) => tools.length > limit).map(([name, limit]) => ({
      client: name,
      limit,
    }));
    if (output.json) {
      output.value({ tools: tools.length, tokens, estimate: 'UTF-8 bytes / 4', services: shares, largest, exceeded });
      return ExitCode.done;
    }
    output.line(
      `${String(tools.length)} tools, about ${String(tokens)} tokens for each client of ${place} (bytes of the list / 4)`,
    );
    output.line('');
    output.table(
      ['SERVICE', 'TOOLS', 'TOKENS'],
      shares.map(({ name, tools: count, tokens: own }) => [name, String(count), String(own)]),
    );
    output.line('');
    output.table(
      ['LARGEST TOOLS', 'TOKENS'],
      largest.map(({ name, tokens: own }) => [name, String(own)]),
    );
    for (const { client: name, limit } of exceeded) {
      output.line(`${name} uses at most ${String(limit)} tools; the others are ignored there`, 'careful');
    }
    return ExitCode.done;
  },
};

/** Returns the share of each service, the largest first. */
function sharesOf(tools: readonly ListedDefinition[], namespaces: readonly string[]): readonly Share[] {
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
