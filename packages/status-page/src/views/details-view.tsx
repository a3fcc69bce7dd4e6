import type { ServiceDetailsReply } from '@clarity-runtime/api-contract';
import type { Loadable } from '../state/loadable.ts';
import { moment } from '../format/format.ts';
import { OfferedList } from './offered-list.tsx';
import { Timeline } from './timeline.tsx';

/** The interface of a service, its last calls and the end of its log. */
export function DetailsView({ details }: { readonly details: Loadable<ServiceDetailsReply> | undefined }) {
  const last = details?.last;
  if (last?.kind === 'refused') return <p role="alert">The session has ended.</p>;
  if (last?.kind === 'failed') return <p role="alert">{last.reason}</p>;
  const known = details?.value;
  if (known === undefined) return <p role="status">Loading…</p>;
  const { interface: offered, logs, recentCalls } = known;
  return (
    <div class="details">
      <OfferedList title="Tools" items={offered.tools} />
      <OfferedList title="Resources" items={offered.resources} />
      <OfferedList title="Prompts" items={offered.prompts} />
      {offered.introspectedAt !== null && (
        <p class="about">
          Snapshot <code>{offered.interfaceRevision}</code> of {moment(offered.introspectedAt)}
        </p>
      )}
      <h4>Last calls</h4>
      {recentCalls.length === 0 ? <p class="about">None yet.</p> : <Timeline events={[...recentCalls].reverse()} />}
      <h4>Log, newest first</h4>
      {logs.length === 0 ? <p class="about">Empty.</p> : <pre tabIndex={0}>{[...logs].reverse().join('\n')}</pre>}
    </div>
  );
}
