import { ExitCode } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { namesFlag } from '../command-support/flags.ts';

export const explain: Command = {
  syntax: 'explain <tool>',
  describe: 'explain why a tool is visible, hidden, renamed, denied, quarantined or unreachable for MCP clients',
  subject: 'tool name on /mcp, or <service>/<tool>',
  flags: {
    grants: {
      type: 'text',
      describe: 'comma-separated grants of the client',
      fallbackText: 'grants of /mcp clients',
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
