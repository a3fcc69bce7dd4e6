import { ExitCode } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { namesFlag } from '../command-support/flags.ts';

export const explain: Command = {
  syntax: 'explain <tool>',
  describe: 'say why MCP clients see a tool as they do: visible, hidden, renamed, denied, quarantined, unreachable',
  subject: 'name of the tool on /mcp, or <service>/<tool>',
  flags: {
    grants: {
      type: 'text',
      describe: 'grants of the client that it is explained for, with commas between',
      fallbackText: 'those of a client of /mcp',
    },
  },
  run: async (given, { api, output }) => {
    const answer = await api.explain(given.text('tool') ?? '', namesFlag(given, 'grants'));
    const code = answer.visibility === 'unknown' ? ExitCode.failed : ExitCode.done;
    if (output.json) {
      output.value(answer);
      return code;
    }
    output.line(`${answer.name ?? answer.tool}: ${answer.visibility}`, answer.callable ? 'good' : 'bad');
    for (const { text, hint } of answer.reasons) {
      output.line(`- ${text}`);
      if (hint !== undefined) output.line(`  ${hint}`);
    }
    return code;
  },
};
