import { LinkButton } from '../../parts/button.tsx';
import { Note, Panel } from '../../parts/layout.tsx';
import { Glyph } from '../../parts/state-glyph.tsx';
import { lastVisit } from '../../state/preferences.ts';
import { now, slowNow } from '../../state/clock.ts';
import { useStore } from '../../state/store-context.ts';
import { useEarlierCalls } from '../../state/use-calls.ts';
import { toCount, toPlural, toSpan } from '../../text/numbers.ts';
import { toClock } from '../../text/times.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { worstTone } from '../../text/states.ts';
import { ChangeList } from './change-list.tsx';
import { FirstRun } from './first-run.tsx';
import { HealthMatrix } from './health-matrix.tsx';
import { KeyFigures } from './key-figures.tsx';
import { LiveTape } from './live-tape.tsx';
import { ProblemRow } from './problem-row.tsx';
import { Traffic } from './traffic.tsx';

const MAX_GROUPS = 8;

/** Problems first; then changes, key figures, health and live calls. */
export function OverviewView() {
  const store = useStore();
  useEarlierCalls();
  if (store.runtime.value !== undefined && store.byId.value.size === 0) return <FirstRun />;
  const problems = store.problems.value;
  return (
    <div class="view overview">
      <div class="ov-col">
        <section class="stack ov-probs" aria-labelledby="problems">
          <Headline />
          <StorageNote />
          <WaitingNote />
          {problems.length > 0 && (
            <ul class="probs">
              {problems.slice(0, MAX_GROUPS).map((problem) => (
                <ProblemRow key={problem.id} problem={problem} />
              ))}
            </ul>
          )}
          {problems.length > MAX_GROUPS && (
            <p>
              <LinkButton href="#/services?state=problem">{`${toCount(problems.length - MAX_GROUPS)} more causes`}</LinkButton>
            </p>
          )}
        </section>
        <ChangeList since={lastVisit.value} />
        <Traffic />
      </div>
      <div class="ov-side">
        <div class="ov-mid">
          <KeyFigures />
          <Panel title="Health" class="ov-health" more={<a href="#/services">Services</a>}>
            <HealthMatrix />
          </Panel>
        </div>
        <Panel title="Calls" class="ov-calls" hint="live" more={<a href="#/calls">All calls</a>}>
          <LiveTape />
        </Panel>
      </div>
    </div>
  );
}

function Headline() {
  const store = useStore();
  const total = store.byId.value.size;
  const broken = store.broken.value.length;
  if (broken === 0) return <Calm total={total} />;
  const causes = store.problems.value.length;
  const count = (state: string): number => store.services.value.filter((one) => one.state === state).length;
  return (
    <div class="headline">
      <Glyph tone={worstTone(store.problems.value)} />
      <div>
        <h2 id="problems">{toPlural(broken, 'service needs', 'services need')} attention</h2>
        <p class="soft">
          {toCount(count('ready'))} of {toCount(total)} running, {toCount(count('stopped'))} stopped
          {causes < broken && ` · ${toPlural(causes, 'cause')}`}
        </p>
      </div>
    </div>
  );
}

/** Without a problem: since when. */
function Calm({ total }: { readonly total: number }) {
  const store = useStore();
  // A service that recovered entered its state after its last problem.
  const times = store.services.value.flatMap(({ state, since }) =>
    state === 'ready' && since !== undefined ? [since] : [],
  );
  const since = [...times, store.runtime.value?.startedAt ?? ''].sort().at(-1);
  return (
    <div class="calm stack tight">
      <div class="headline">
        <Glyph tone="ok" />
        <h2 id="problems">All is well</h2>
      </div>
      <p class="soft">
        {toPlural(total, 'service')}
        {since !== undefined &&
          since !== '' &&
          `, no problem since ${toClock(since)} (${toSpan(slowNow.value - new Date(since).getTime())})`}
        .
      </p>
    </div>
  );
}

function StorageNote() {
  const { state, reason } = useStore().storage.value;
  if (state === 'up') return null;
  return (
    <Note tone={state === 'degraded' ? 'warn' : 'bad'}>
      <p role="alert">
        <b>
          {state === 'degraded' ? 'Some events are not stored now.' : 'The store is read-only: changes are refused.'}
        </b>{' '}
        {reason !== undefined && toVisible(reason)}
      </p>
      <p class="soft">
        {state === 'degraded'
          ? 'Free space on the disk of the workspace. The daemon writes the events when it can.'
          : 'Fix the disk or the permissions of the workspace, then restart the daemon.'}
      </p>
    </Note>
  );
}

function WaitingNote() {
  const pending = useStore().pending.value;
  const [first] = pending;
  if (first === undefined) return null;
  return (
    <Note tone="hold">
      <p>
        <b>{toPlural(pending.length, 'request is', 'requests are')} waiting for approval.</b>{' '}
        {toVisible(first.client ?? first.requestedBy.id)} asks for {toVisible(first.tool)}; the request expires in{' '}
        {toSpan(new Date(first.expiresAt).getTime() - now.value)}. <a href="#/review">Review</a>
      </p>
    </Note>
  );
}
