import type { ApprovalReply } from '@clarity-runtime/api-contract';
import { decide } from '../api/approvals.ts';
import type { Actions } from '../state/actions.ts';
import type { Loadable } from '../state/loadable.ts';
import { moment, plural } from '../format/format.ts';
import { actorOf } from '../format/event-text.ts';
import { ActButton, ActFailure } from './action-button.tsx';

export interface ApprovalsSectionProps {
  readonly known: Loadable<readonly ApprovalReply[]>;
  readonly acts: Actions;
}

/** The pending requests of clients, with buttons to approve and to deny. Empty without a request. */
export function ApprovalsSection({ known: { value = [] }, acts }: ApprovalsSectionProps) {
  if (value.length === 0) return null;
  return (
    <section aria-labelledby="approvals">
      <h2 id="approvals">
        {plural(value.length, 'request')} {value.length === 1 ? 'waits' : 'wait'} for you
      </h2>
      <ul class="cards" role="list">
        {value.map((approval) => (
          <ApprovalCard key={approval.id} approval={approval} acts={acts} />
        ))}
      </ul>
    </section>
  );
}

function ApprovalCard({ approval, acts }: { readonly approval: ApprovalReply; readonly acts: Actions }) {
  const { id, digest, tool, client, requestedBy, expiresAt } = approval;
  const names = [`approve ${id}`, `deny ${id}`] as const;
  return (
    <li class="card asks">
      <h3>
        <code>{tool}</code>
      </h3>
      <p>
        Requested by {actorOf(requestedBy)}
        {client !== undefined && ` (client name: ${client})`}. The daemon does nothing before you approve. The request
        expires at {moment(expiresAt)}.
      </p>
      <pre tabIndex={0}>{JSON.stringify(approval.arguments, null, 2)}</pre>
      <p>
        Digest of the request: <code>{digest}</code>
      </p>
      <div class="acts">
        <ActButton label="Approve" of={tool} name={names[0]} acts={acts} work={() => decide(approval, 'approve')} />
        <ActButton label="Deny" of={tool} name={names[1]} acts={acts} work={() => decide(approval, 'deny')} />
      </div>
      <ActFailure names={names} acts={acts} />
    </li>
  );
}
