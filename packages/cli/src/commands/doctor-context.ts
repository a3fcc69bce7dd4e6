import type { CommandContext } from '../command-support/command-context.ts';
import { readToolCost, type ToolCost } from '../command-support/tool-cost.ts';
import { CliError } from '../support/cli-error.ts';
import { NOT_CHECKED, type SeenServices } from './doctor-services.ts';

const NAMED = 3;

/** Reports what each client pays for the tools of `/mcp`, and clients that use fewer tools than there are. */
export async function contextDetail(session: CommandContext, found: SeenServices): Promise<string> {
  return found === undefined ? NOT_CHECKED : contextOf(await readToolCost(session));
}

/** @throws CliError with the clients whose limit is lower than the number of tools. */
export function contextOf({ tools, tokens, services, largest, exceeded }: ToolCost): string {
  const shares = services.slice(0, NAMED).map((share) => `${share.name} ${String(share.tokens)}`);
  const tops = largest.slice(0, NAMED).map((tool) => `${tool.name} ${String(tool.tokens)}`);
  const said = [
    `${String(tools)} tools, about ${String(tokens)} tokens for each client`,
    ...(shares.length === 0 ? [] : [`by service: ${shares.join(', ')}`]),
    ...(tops.length === 0 ? [] : [`largest: ${tops.join(', ')}`]),
  ].join('; ');
  if (exceeded.length === 0) return said;
  const clients = exceeded.map(({ client, limit }) => `${client} (${String(limit)})`).join(', ');
  throw new CliError(`${said}; more tools than ${clients} use`, {
    hint: 'see all with `clarityctl cost`; offer fewer with a profile (`clarityctl profile set <name> --discovery search`) or hide tools with spec.surface: `clarityctl edit <service>`',
  });
}
