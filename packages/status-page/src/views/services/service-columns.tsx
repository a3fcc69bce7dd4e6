import type { ComponentChildren } from 'preact';
import type { ProblemEntry, ServiceEntry } from '../../api/model.ts';
import { Button } from '../../parts/button.tsx';
import { Spark, type ChartValues } from '../../parts/charts.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Glyph } from '../../parts/state-glyph.tsx';
import type { GridColumn } from '../../parts/grid-header.tsx';
import { busyWord } from '../../state/actions.ts';
import { toServiceHref } from '../../state/route.ts';
import { toCount, toDuration, toPercent, toRate, toShortSpan } from '../../text/numbers.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { isUp, STATES, stateOf } from '../../text/states.ts';
import { actionKey, fixProblem, restartService, startService } from '../../actions/service-actions.tsx';

/** Columns of the service table; the stylesheet hides some by the width of the table. */
export const SERVICE_COLUMNS: readonly GridColumn[] = [
  { class: 'c-glyph', name: 'Health', isNameHidden: true },
  { class: 'c-name cut', name: 'Name', sortKey: 'name' },
  { class: 'c-state cut', name: 'State', sortKey: 'state' },
  { class: 'c-what cut', name: 'Command or address', sortKey: 'what' },
  { class: 'c-calls', name: 'Calls / min', sortKey: 'calls' },
  { class: 'c-err', name: 'Errors', sortKey: 'errors', isRight: true },
  { class: 'c-p95', name: 'p95', sortKey: 'p95', isRight: true },
  { class: 'c-tools', name: 'Tools', sortKey: 'tools', isRight: true },
  { class: 'c-tokens', name: 'Tokens', sortKey: 'tokens', isRight: true },
  { class: 'c-up', name: 'Since', sortKey: 'since', isRight: true },
  { class: 'c-more', name: 'Action', isNameHidden: true },
];

export interface ServiceRowContext {
  readonly problems: ReadonlyMap<string, ProblemEntry>;
  readonly sparks: ReadonlyMap<string, ChartValues>;
  readonly now: number;
}

/** Returns the cells of one service in the order of `SERVICE_COLUMNS`. */
export function serviceCells(service: ServiceEntry, context: ServiceRowContext): readonly ComponentChildren[] {
  const { ns, what, calls, failed, p95Ms, tools, tokens, since } = service;
  const { tone, word } = STATES[stateOf(service)];
  const problem = service.cause === undefined ? undefined : context.problems.get(service.cause);
  const share = calls === 0 ? 0 : failed / calls;
  return [
    <>
      <Glyph tone={tone} />
      <span class="sr">{word}</span>
    </>,
    <a class="name" href={toServiceHref(ns)} tabIndex={-1} title={toVisible(ns)}>
      <ForeignText text={ns} />
    </a>,
    <StateCell service={service} problem={problem} />,
    <span class="mono faint" title={toVisible(what)}>
      <ForeignText text={what} />
    </span>,
    <span class="callspark">
      <Spark values={context.sparks.get(service.id) ?? []} isBars isSmall floor={4} />
      <span class="num r">{toRate(calls)}</span>
    </span>,
    <span class={`num ${share > 0.05 ? 'tone-bad' : share === 0 ? 'faint' : ''}`}>
      {calls === 0 ? '–' : toPercent(share)}
    </span>,
    <span class="num">{p95Ms === undefined ? '–' : toDuration(p95Ms)}</span>,
    <span class="num">{toCount(tools)}</span>,
    <span class="num">{toCount(tokens)}</span>,
    <span class="num">{since === undefined ? '–' : toShortSpan(context.now - new Date(since).getTime())}</span>,
    <RowAction service={service} problem={problem} />,
  ];
}

interface CellProps {
  readonly service: ServiceEntry;
  readonly problem: ProblemEntry | undefined;
}

function StateCell({ service, problem }: CellProps) {
  const { tone, word } = STATES[stateOf(service)];
  if (problem !== undefined && problem.line !== '') {
    return (
      <span title={toVisible(problem.line)}>
        <span class={`tone-${tone === 'busy' ? 'idle' : tone}`}>{word}</span>
        <span class="faint"> · </span>
        <span class="mono">
          <ForeignText text={problem.line} />
        </span>
      </span>
    );
  }
  return (
    <span class="faint">
      {word}
      {service.line !== undefined && (
        <>
          {' · '}
          <ForeignText text={service.line} />
        </>
      )}
    </span>
  );
}

function RowAction({ service, problem }: CellProps) {
  const up = isUp(service);
  const label = `${up ? 'Restart' : 'Start'} ${toVisible(service.ns)}`;
  return (
    <Button
      label={label}
      kind="ghost"
      icon={up ? 'turn' : 'play'}
      isSmall
      isIconOnly
      tabIndex={-1}
      busy={busyWord(actionKey(service.id))}
      onPress={() => {
        if (up) void restartService(service);
        else if (problem === undefined) void startService(service);
        else fixProblem(problem, [service]);
      }}
    />
  );
}
