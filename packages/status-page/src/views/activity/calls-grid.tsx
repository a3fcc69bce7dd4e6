import { useState } from 'preact/hooks';
import type { CallEntry } from '../../api/model.ts';
import { Button } from '../../parts/button.tsx';
import { DataGrid } from '../../parts/data-grid.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import type { GridColumn } from '../../parts/grid-header.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { Glyph } from '../../parts/state-glyph.tsx';
import { useHeldList } from '../../state/use-held-list.ts';
import { toBytes, toCount, toDuration } from '../../text/numbers.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toClientName } from '../../text/events.ts';
import { OUTCOMES } from '../../text/states.ts';
import { toSecond } from '../../text/times.ts';

const SLOW_MS = 1_000;

interface CallFilter {
  readonly text: string;
  readonly client: string;
  /** An outcome, `slow`, or empty. */
  readonly outcome: string;
}

interface CallsGridProps {
  readonly calls: readonly CallEntry[];
  /** The grid shows the calls of one service: without the column of the service. */
  readonly isOneService?: boolean;
  readonly onOpen: (call: CallEntry) => void;
  readonly openId?: string | undefined;
}

function matches(call: CallEntry, { text, client, outcome }: CallFilter): boolean {
  if (client !== '' && toClientName(call) !== client) return false;
  if (outcome === 'slow' ? call.durationMs <= SLOW_MS : outcome !== '' && call.outcome !== outcome) return false;
  const haystack = `${call.service} ${call.tool} ${call.reason ?? ''} ${call.code ?? ''} ${toClientName(call)}`;
  return text === '' || haystack.toLowerCase().includes(text.toLowerCase());
}

/** Live calls, newest first. A list that is scrolled, hovered or paused collects new calls behind a button. */
export function CallsGrid({ calls, isOneService = false, onOpen, openId }: CallsGridProps) {
  const [filter, setFilter] = useState<CallFilter>({ text: '', client: '', outcome: '' });
  const [isPaused, setPaused] = useState(false);
  const [isHovered, setHovered] = useState(false);
  const [isScrolled, setScrolled] = useState(false);
  const [moveTo, setMoveTo] = useState<{ readonly run: (index: number) => void }>();
  const all = calls.filter((call) => matches(call, filter));
  const { shown, fresh, catchUp } = useHeldList(all, isPaused || isHovered || isScrolled, JSON.stringify(filter));
  const change = (part: Partial<CallFilter>): void => {
    setFilter({ ...filter, ...part });
  };
  const clients = [...new Set(calls.map(toClientName))].sort();
  const togglePause = (): void => {
    setPaused(!isPaused);
    if (isPaused) catchUp();
  };
  return (
    <>
      <div class="tools">
        <SearchBox
          label={isOneService ? 'Filter by tool or reason' : 'Filter by service, tool, client or reason'}
          value={filter.text}
          isMain
          onSearch={(text) => {
            change({ text });
          }}
        />
        <select
          aria-label="Client"
          value={filter.client}
          onChange={(event) => {
            change({ client: event.currentTarget.value });
          }}
        >
          <option value="">Any client</option>
          {clients.map((client) => (
            <option key={client} value={client}>
              {toVisible(client)}
            </option>
          ))}
        </select>
        <select
          aria-label="Outcome"
          value={filter.outcome}
          onChange={(event) => {
            change({ outcome: event.currentTarget.value });
          }}
        >
          <option value="">Any outcome</option>
          {Object.entries(OUTCOMES).map(([outcome, { word }]) => (
            <option key={outcome} value={outcome}>
              {word}
            </option>
          ))}
          <option value="slow">slower than 1 s</option>
        </select>
        <Button label={isPaused ? 'Resume' : 'Pause'} icon={isPaused ? 'play' : 'pause'} onPress={togglePause} />
        {fresh > 0 && (
          <Button
            label={`${toCount(fresh)} new`}
            kind="primary"
            isSmall
            onPress={() => {
              catchUp();
              moveTo?.run(0);
            }}
          />
        )}
      </div>
      <div
        class="gridbox"
        onPointerEnter={() => {
          setHovered(true);
        }}
        onPointerLeave={() => {
          setHovered(false);
        }}
      >
        <DataGrid
          name="calls"
          label="Calls"
          columns={isOneService ? COLUMNS.filter(({ class: name }) => !name.startsWith('c-svc')) : COLUMNS}
          rows={shown}
          keyOf={({ id }) => id}
          cellsOf={(call) => cellsOf(call, isOneService)}
          openKey={openId}
          onOpen={onOpen}
          onReady={(run) => {
            setMoveTo({ run });
          }}
          onScroll={(top) => {
            setScrolled(top > 4);
          }}
          onKey={({ key }) => {
            if (key !== 'p') return false;
            togglePause();
            return true;
          }}
        />
      </div>
    </>
  );
}

const COLUMNS: readonly GridColumn[] = [
  { class: 'c-time', name: 'Time' },
  { class: 'c-who cut', name: 'Client' },
  { class: 'c-svc cut', name: 'Service' },
  { class: 'c-tool cut', name: 'Tool' },
  { class: 'c-dur', name: 'Duration' },
  { class: 'c-out cut', name: 'Outcome' },
  { class: 'c-bytes', name: 'Response', isRight: true },
];

function cellsOf(call: CallEntry, isOneService: boolean) {
  const { at, service, tool, durationMs, outcome, reason, code, responseBytes } = call;
  const share = Math.min(1, Math.log10(1 + durationMs) / 4).toFixed(3);
  const why = reason ?? code ?? '';
  return [
    <span class="num faint">{toSecond(at)}</span>,
    <span title={toVisible(toClientName(call))}>
      <ForeignText text={toClientName(call)} />
    </span>,
    ...(isOneService
      ? []
      : [
          <span>
            <ForeignText text={service} />
          </span>,
        ]),
    <span class="mono" title={toVisible(`${service} › ${tool}`)}>
      <ForeignText text={tool} />
    </span>,
    <span class={`dur${durationMs > SLOW_MS ? ' slow' : ''}`}>
      <span class="track">
        <i style={{ transform: `scaleX(${share})` }} />
      </span>
      <span class="num r">{toDuration(durationMs)}</span>
    </span>,
    <span class="state cut" title={toVisible(why)}>
      <Glyph tone={OUTCOMES[outcome].tone} />
      <span class="cut">
        {OUTCOMES[outcome].word}
        {why !== '' && (
          <span class="faint why">
            {' · '}
            <ForeignText text={why} />
          </span>
        )}
      </span>
    </span>,
    <span class="num faint">{responseBytes === undefined ? '–' : toBytes(responseBytes)}</span>,
  ];
}
