import { useEffect } from 'preact/hooks';
import { lazyView } from '../../parts/lazy.tsx';
import { Icon } from '../../parts/icons.tsx';
import { EmptyState, ErrorPanel, Note } from '../../parts/layout.tsx';
import { Glyph } from '../../parts/state-glyph.tsx';
import { Button } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import type { ServiceEntry } from '../../api/model.ts';
import { busyWord, failureOf } from '../../state/actions.ts';
import { addKeyHandler } from '../../state/keyboard.ts';
import { now } from '../../state/clock.ts';
import { goTo, route, toServiceHref } from '../../state/route.ts';
import { useStore } from '../../state/store-context.ts';
import { toSpan } from '../../text/numbers.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { isUp, STATES, stateOf, toFixLabel, toneOfProblem, toProblemTitle } from '../../text/states.ts';
import {
  actionKey,
  askToRemove,
  fixProblem,
  problemKey,
  restartService,
  startService,
  stopService,
  unquarantineService,
} from '../../actions/service-actions.tsx';
import { ServiceCharts } from './service-charts.tsx';

const TABS = [
  { key: 'tools', label: 'Tools', view: lazyView(() => import('./tools-tab.tsx').then((it) => it.ToolsTab)) },
  { key: 'calls', label: 'Calls', view: lazyView(() => import('./calls-tab.tsx').then((it) => it.CallsTab)) },
  { key: 'logs', label: 'Logs', view: lazyView(() => import('./logs-tab.tsx').then((it) => it.LogsTab)) },
  { key: 'policy', label: 'Policy', view: lazyView(() => import('./policy-tab.tsx').then((it) => it.PolicyTab)) },
  { key: 'changes', label: 'Changes', view: lazyView(() => import('./changes-tab.tsx').then((it) => it.ChangesTab)) },
  {
    key: 'credentials',
    label: 'Credentials',
    view: lazyView(() => import('./credentials-tab.tsx').then((it) => it.CredentialsTab)),
  },
  { key: 'facts', label: 'Facts', view: lazyView(() => import('./facts-tab.tsx').then((it) => it.FactsTab)) },
] as const;

/** One service: state, problem with its fix, charts and tabs. */
export function InspectorPane({ namespace }: { readonly namespace: string }) {
  const service = useStore().byNamespace.value.get(namespace);
  if (service !== undefined) return <Inspector service={service} />;
  return (
    <div class="pane">
      <div class="insp">
        <EmptyState title={`Service “${toVisible(namespace)}” not found`}>
          <p>
            <a href="#/services">All services</a>
          </p>
        </EmptyState>
      </div>
    </div>
  );
}

/** Returns the tab of the route, or the tab that answers the state: logs for a failure, changes for a withheld tool. */
function tabOf(service: ServiceEntry): (typeof TABS)[number] {
  const asked = TABS.find(({ key }) => key === route.value.parts[2]);
  if (asked !== undefined) return asked;
  const state = stateOf(service);
  const key = state === 'held' ? 'changes' : ['failing', 'retrying', 'quarantined'].includes(state) ? 'logs' : 'tools';
  return TABS.find((tab) => tab.key === key) ?? TABS[0];
}

function Inspector({ service }: { readonly service: ServiceEntry }) {
  const tab = tabOf(service);
  const { ns } = service;
  useEffect(
    () =>
      addKeyHandler(({ key }) => {
        const picked = /^[1-7]$/.test(key) ? TABS[Number(key) - 1] : undefined;
        if (key === 'Escape') goTo('#/services');
        else if (picked !== undefined) goTo(toServiceHref(ns, picked.key));
        else return false;
        return true;
      }),
    [ns],
  );
  const { view: View } = tab;
  return (
    <section class="pane" aria-label={`Service ${toVisible(ns)}`}>
      <div class="insp-head">
        <Head service={service} />
        <ProblemNote service={service} tab={tab.key} />
        <ServiceCharts service={service} />
        <Tabs service={service} current={tab.key} />
      </div>
      <div class="insp" id="tabpanel" role="tabpanel" aria-labelledby={`tab-${tab.key}`} tabIndex={0}>
        <View key={`${service.id}${tab.key}`} service={service} />
      </div>
    </section>
  );
}

function Head({ service }: { readonly service: ServiceEntry }) {
  const { tone, word } = STATES[stateOf(service)];
  const busy = busyWord(actionKey(service.id));
  const isQuarantined = service.state === 'quarantined';
  return (
    <div class="line wide">
      <a class="btn icon ghost" href="#/services" title="All services (Esc)">
        <Icon name="back" />
        <span class="sr">All services</span>
      </a>
      <h2 class="line">
        <Glyph tone={tone} />
        <ForeignText text={service.ns} />
      </h2>
      <span class="soft">
        {word}
        {service.since !== undefined && ` for ${toSpan(now.value - new Date(service.since).getTime())}`}
      </span>
      <span class="push line">
        {isQuarantined && (
          <Button label="Unquarantine" kind="primary" busy={busy} onPress={() => void unquarantineService(service)} />
        )}
        {!isQuarantined && isUp(service) && (
          <>
            <Button label="Restart" icon="turn" busy={busy} onPress={() => void restartService(service)} />
            <Button
              label="Stop"
              icon="stop"
              isDisabled={busy !== undefined}
              onPress={() => void stopService(service)}
            />
          </>
        )}
        {!isQuarantined && !isUp(service) && (
          <Button label="Start" icon="play" busy={busy} onPress={() => void startService(service)} />
        )}
        <Button
          label="Remove"
          kind="ghost"
          onPress={() => {
            askToRemove(service);
          }}
        />
      </span>
    </div>
  );
}

function ProblemNote({ service, tab }: { readonly service: ServiceEntry; readonly tab: string }) {
  const { problemById } = useStore();
  const failure = failureOf(actionKey(service.id));
  const problem = service.cause === undefined ? undefined : problemById.value.get(service.cause);
  if (problem === undefined) return failure === undefined ? null : <ErrorPanel failure={failure} />;
  const isHere = problem.fix?.kind === 'review_change' && tab === 'changes';
  return (
    <>
      <Note tone={toneOfProblem(problem)}>
        <p>
          <b>It {toProblemTitle({ ...problem, count: 1 })}.</b>{' '}
          <ForeignText text={problem.fix?.text ?? problem.meaning} />
        </p>
        {problem.line !== '' && (
          <p class="mono wrap">
            <span class="soft">{problem.source ?? 'runtime'}: </span>
            <ForeignText text={problem.line} />
          </p>
        )}
        {!isHere && (
          <p class="line">
            <Button
              label={toFixLabel({ ...problem, count: 1 })}
              kind="primary"
              busy={busyWord(problemKey(problem), actionKey(service.id), `login:${service.id}`)}
              onPress={() => {
                fixProblem(problem, [service]);
              }}
            />
          </p>
        )}
      </Note>
      {failure !== undefined && <ErrorPanel failure={failure} />}
    </>
  );
}

function Tabs({ service, current }: { readonly service: ServiceEntry; readonly current: string }) {
  const state = stateOf(service);
  const step = (event: KeyboardEvent, index: number): void => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = TABS[(index + move + TABS.length) % TABS.length];
    if (next === undefined) return;
    goTo(toServiceHref(service.ns, next.key));
    document.getElementById(`tab-${next.key}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Service">
      {TABS.map(({ key, label }, index) => (
        <button
          key={key}
          type="button"
          role="tab"
          id={`tab-${key}`}
          aria-selected={key === current}
          aria-controls="tabpanel"
          tabIndex={key === current ? 0 : -1}
          title={`Key ${String(index + 1)}`}
          onClick={() => {
            goTo(toServiceHref(service.ns, key));
          }}
          onKeyDown={(event) => {
            step(event, index);
          }}
        >
          {label}
          {key === 'tools' && <span class="faint num">{service.tools}</span>}
          {key === 'changes' && state === 'held' && <Glyph tone="hold" />}
          {key === 'credentials' && state === 'login' && <Glyph tone="warn" />}
        </button>
      ))}
    </div>
  );
}
