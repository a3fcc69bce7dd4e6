import type { ApprovalReply } from '@clarity-runtime/api-contract';
import { ExitCode, usageError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { shownTime } from '../terminal/local-time.ts';
import type { Command } from '../command-support/command.ts';

const ACTIONS = ['list', 'approve', 'deny'] as const;

/** `clarityctl approvals <action>`: lists registrations requested over MCP, and approves or denies them. */
export const approvals: Command = {
  syntax: 'approvals <action> [id]',
  describe: 'registrations requested over MCP: list, approve <id>, deny <id>',
  subject: 'list, approve or deny',
  flags: {
    reason: { type: 'text', describe: 'reason of a denial, which the client receives' },
    digest: { type: 'text', describe: 'digest that `approvals list` has shown; another present request is refused' },
  },
  run: async (given, session) => {
    const { api, output } = session;
    const action = ACTIONS.find((name) => name === given.text('action'));
    if (action === undefined) throw usageError('unknown action', `actions: ${ACTIONS.join(', ')}`);
    if (action === 'list') return list(session);
    const id = given.text('id') ?? '';
    if (id === '') throw usageError('the id is missing', `write \`clarityctl approvals ${action} <id>\``);
    const { approval } = await (action === 'approve'
      ? api.approve(id, given.text('digest'))
      : api.deny(id, given.text('reason')));
    if (output.json) output.value({ approval });
    else output.line(stateLine(approval), approval.state === 'failed' ? 'bad' : 'good');
    return approval.state === 'failed' ? ExitCode.failed : ExitCode.done;
  },
};

async function list({ api, output }: CommandContext): Promise<number> {
  const reply = await api.approvals();
  if (output.json) output.value(reply);
  else if (reply.items.length === 0) output.line('no registration waits for approval');
  else {
    const rows = reply.items.map(
      ({ id, state, tool, requestedBy, client = '', expiresAt, arguments: args, digest }) => [
        id,
        state,
        tool,
        `${requestedBy.kind}:${requestedBy.id} ${client}`.trim(),
        shownTime(expiresAt),
        JSON.stringify(args),
        digest,
      ],
    );
    output.table(['ID', 'STATE', 'WHAT', 'WHO', 'UNTIL', 'WITH', 'DIGEST'], rows);
  }
  return ExitCode.done;
}

const stateLine = ({ id, tool, state, reason }: ApprovalReply): string =>
  `${id} ${tool}: ${state}${reason === undefined ? '' : ` (${reason})`}`;
