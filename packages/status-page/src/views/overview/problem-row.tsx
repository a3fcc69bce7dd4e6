import type { ProblemEntry, ServiceEntry } from '../../api/model.ts';
import { Button, LinkButton } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ErrorPanel } from '../../parts/layout.tsx';
import { Glyph } from '../../parts/state-glyph.tsx';
import { busyWord, failureOf } from '../../state/actions.ts';
import { slowNow } from '../../state/clock.ts';
import { toServiceHref } from '../../state/route.ts';
import { useStore } from '../../state/store-context.ts';
import { toPlural } from '../../text/numbers.ts';
import { toFixLabel, toneOfProblem, toProblemTitle } from '../../text/states.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toAgo, toClock } from '../../text/times.ts';
import { actionKey, fixProblem, problemKey } from '../../actions/service-actions.tsx';

/** One cause: the line that explains it, its meaning, since when, and the button that fixes it. */
export function ProblemRow({ problem }: { readonly problem: ProblemEntry }) {
  const store = useStore();
  const list = problem.services.flatMap((id) => store.byId.value.get(id) ?? []);
  const [first] = list;
  if (first === undefined) return null;
  const { count, since, source, line, meaning, retryAt } = problem;
  const failure = failureOf(count === 1 ? actionKey(first.id) : problemKey(problem));
  const label = toFixLabel(problem);
  const hidden = ['degraded', 'ready'].includes(problem.state) ? 0 : list.reduce((sum, { tools }) => sum + tools, 0);
  return (
    <li class="prob" id={`problem-${problem.id}`}>
      <Glyph tone={toneOfProblem(problem)} />
      <div class="body">
        <p class="title">
          <a href={count === 1 ? toServiceHref(first.ns) : `#/services?cause=${encodeURIComponent(problem.id)}`}>
            {count === 1 ? <ForeignText text={first.ns} /> : `${String(count)} services`}
          </a>
          <span>{toProblemTitle(problem)}</span>
        </p>
        {count > 1 && <Members list={list} count={count} />}
        {line !== '' && (
          <p class="quote">
            <span class="from">{source ?? 'runtime'}</span>
            <span class="clamp" title={toVisible(line)}>
              <ForeignText text={line} />
            </span>
          </p>
        )}
        <p class="soft">
          <ForeignText text={problem.fix?.text ?? meaning} />{' '}
          {retryAt !== undefined && `The next start is at ${toClock(retryAt)}. `}
          {hidden > 0 && `${toPlural(hidden, 'tool')} ${hidden === 1 ? 'is' : 'are'} hidden from clients.`}
        </p>
        {failure !== undefined && <ErrorPanel failure={failure} />}
      </div>
      <div class="side">
        {since !== undefined && (
          <p class="since">
            {toAgo(since, slowNow.value)}
            <span class="faint"> · {toClock(since)}</span>
          </p>
        )}
        <div class="acts">
          <LinkButton href={toServiceHref(first.ns, 'logs')} kind="ghost" name={`Logs of ${toVisible(first.ns)}`}>
            Logs
          </LinkButton>
          <Button
            label={label}
            name={`${label} (${count === 1 ? toVisible(first.ns) : `${String(count)} services`})`}
            kind="primary"
            busy={busyWord(problemKey(problem), actionKey(first.id), `login:${first.id}`)}
            onPress={() => {
              fixProblem(problem, servicesOf(store.services.value, problem, list));
            }}
          />
        </div>
      </div>
    </li>
  );
}

/** Returns all services of a problem, also those beyond the 50 that it names. */
const servicesOf = (
  all: readonly ServiceEntry[],
  { id, count }: ProblemEntry,
  named: readonly ServiceEntry[],
): readonly ServiceEntry[] => (count > named.length ? all.filter(({ cause }) => cause === id) : named);

function Members({ list, count }: { readonly list: readonly ServiceEntry[]; readonly count: number }) {
  const names = list.slice(0, 3).map(({ ns }) => toVisible(ns));
  return (
    <p class="faint cut">
      {names.join(', ')}
      {count > 3 && ` and ${String(count - 3)} more`}
    </p>
  );
}
