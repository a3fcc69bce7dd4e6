import type { AuditPageReply } from '@clarity-runtime/api-contract';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ErrorPanel, Panel } from '../../parts/layout.tsx';
import { Glyph } from '../../parts/state-glyph.tsx';
import { slowNow } from '../../state/clock.ts';
import { useStore } from '../../state/store-context.ts';
import { useRequest } from '../../state/use-request.ts';
import { toAgo, toClock } from '../../text/times.ts';
import { LEVEL_TONES, OPERATIONS } from '../../text/events.ts';

const MAX_CHANGES = 8;

/** Changes of services, policies and access since the last visit, newest first. */
export function ChangeList({ since }: { readonly since: number }) {
  const store = useStore();
  // One request for each change of a problem, never one for each call.
  const { value, failure, reload } = useRequest<AuditPageReply>('/api/audit?limit=200', [store.problems.value.length]);
  const changes = (value?.items ?? [])
    .filter(({ kind, at }) => !OPERATIONS.test(kind) && (since === 0 || new Date(at).getTime() > since))
    .sort((a, b) => b.seq - a.seq)
    .slice(0, MAX_CHANGES);
  return (
    <Panel
      title="Changes"
      class="ov-changes"
      hint={since === 0 ? 'newest first' : `since you looked, ${toAgo(since, slowNow.value)}`}
      more={<a href="#/audit">Audit</a>}
    >
      {failure !== undefined && <ErrorPanel failure={failure} onRetry={reload} />}
      {value !== undefined && changes.length === 0 && <p class="faint">Nothing has changed.</p>}
      <ul class="list">
        {changes.map(({ seq, at, level, serviceId, message }) => (
          <li key={seq}>
            <span class="when">{toClock(at)}</span>
            <Glyph tone={LEVEL_TONES[level]} />
            <span class="cut">
              {serviceId !== undefined && <b>{store.byId.value.get(serviceId)?.ns ?? ''} </b>}
              <ForeignText text={message} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
