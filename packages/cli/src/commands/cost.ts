import type { Command } from '../command-support/command.ts';
import { readToolCost } from '../command-support/tool-cost.ts';
import { ExitCode } from '../support/cli-error.ts';

/** Prints the size of the list of tools that each client puts into the context of its model. */
export const cost: Command = {
  syntax: 'cost',
  describe: 'estimate the tokens that each client pays for the tool list of /mcp',
  flags: { profile: { type: 'text', describe: 'name of a profile, in place of /mcp' } },
  run: async (given, session) => {
    const { output } = session;
    const profile = given.text('profile');
    const place = profile === undefined ? '/mcp' : `/mcp/profiles/${profile}`;
    const { tools, tokens, services, largest, exceeded } = await readToolCost(session, profile);
    if (output.json) {
      output.value({ tools, tokens, estimate: 'UTF-8 bytes / 4', services, largest, exceeded });
      return ExitCode.done;
    }
    output.line(
      `${String(tools)} tools, about ${String(tokens)} tokens for each client of ${place} (bytes of the list / 4)`,
    );
    output.line('');
    output.table(
      ['SERVICE', 'TOOLS', 'TOKENS'],
      services.map(({ name, tools: count, tokens: own }) => [name, String(count), String(own)]),
    );
    output.line('');
    output.table(
      ['LARGEST TOOLS', 'TOKENS'],
      largest.map(({ name, tokens: own }) => [name, String(own)]),
    );
    for (const { client, limit } of exceeded) {
      output.line(`${client} uses at most ${String(limit)} tools; the others are ignored there`, 'careful');
    }
    return ExitCode.done;
  },
};
