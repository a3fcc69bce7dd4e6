import type { AuditEventReply, AuditVerdictReply } from '@clarity-runtime/api-contract';
import { useState } from 'preact/hooks';
import { get } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { Histogram } from '../../parts/charts.tsx';
import { DataGrid } from '../../parts/data-grid.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import type { GridColumn } from '../../parts/grid-header.tsx';
import { ErrorPanel } from '../../parts/layout.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { SearchBox } from '../../parts/search-box.tsx';
import { Glyph, Status } from '../../parts/state-glyph.tsx';
import { busyWord, runAction } from '../../state/actions.ts';
import { slowNow } from '../../state/clock.ts';
import { goTo, toServiceHref } from '../../state/route.ts';
import { useStore } from '../../state/store-context.ts';
import { useAudit } from '../../state/use-audit.ts';
import { collapseRepeats, type CollapsedEvent } from '../../text/collapse.ts';
import { KIND_GROUPS, LEVEL_TONES, toCaller } from '../../text/events.ts';
import { toCount } from '../../text/numbers.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { countByTime } from '../../text/series.ts';
import { toClock, toDay, toSecond } from '../../text/times.ts';

const BUCKETS = 96;
const HOUR_MS = 3_600_000;

const RANGES: readonly (readonly [label: string, ms: number])[] = [
  ['All time', 0],
  ['Last hour', HOUR_MS],
  ['Last 24 hours', 24 * HOUR_MS],
  ['Last 7 days', 7 * 24 * HOUR_MS],
];

/** The audit log, newest first: filters, histogram, verification and export. */
export function AuditView() {
  const { byId } = useStore();
  const [text, setText] = useState('');
  const [kind, setKind] = useState('');
  const [caller, setCaller] = useState('');
  const [range, setRange] = useState(0);
  const [isTrouble, setTrouble] = useState(false);
  const [moveTo, setMoveTo] = useState<{ readonly run: (index: number) => void }>();
  const { events, failure, isComplete, reload } = useAudit();
  const nameOf = ({ serviceId }: AuditEventReply): string =>
    serviceId === undefined ? '' : (byId.value.get(serviceId)?.ns ?? serviceId);
  const since = range === 0 ? 0 : slowNow.value - range;
  const matching = events.filter(
    (event) =>
      (kind === '' || event.kind.startsWith(`${kind}.`)) &&
      (!isTrouble || event.level !== 'info') &&
      (caller === '' || toCaller(event.caller) === caller) &&
      (since === 0 || new Date(event.at).getTime() >= since) &&
      (text === '' ||
        `${event.kind} ${nameOf(event)} ${event.message} ${toCaller(event.caller)}`
          .toLowerCase()
          .includes(text.toLowerCase())),
  );
  const rows = collapseRepeats(matching);
  const callers = [...new Set(events.map((event) => toCaller(event.caller)))].sort();
  const times = rows.map(({ event }) => new Date(event.at).getTime());
  const from = times.at(-1) ?? slowNow.value - 1;
  return (
    <div class="split">
      <div class="pane">
        <div class="tools">
          <SearchBox label="Filter by service, event, caller or text" value={text} onSearch={setText} isMain />
          <select
            aria-label="Kind of event"
            value={kind}
            onChange={(event) => {
              setKind(event.currentTarget.value);
            }}
          >
            {KIND_GROUPS.map(([prefix, label]) => (
              <option key={prefix} value={prefix}>
                {label}
              </option>
            ))}
          </select>
          <select
            aria-label="Time"
            value={String(range)}
            onChange={(event) => {
              setRange(Number(event.currentTarget.value));
            }}
          >
            {RANGES.map(([label, ms]) => (
              <option key={ms} value={String(ms)}>
                {label}
              </option>
            ))}
          </select>
          <select
            aria-label="Caller"
            value={caller}
            onChange={(event) => {
              setCaller(event.currentTarget.value);
            }}
          >
            <option value="">Any caller</option>
            {callers.map((one) => (
              <option key={one} value={one}>
                {toVisible(one)}
              </option>
            ))}
          </select>
          <Button
            label="Warnings and errors"
            isPressed={isTrouble}
            onPress={() => {
              setTrouble(!isTrouble);
            }}
          />
          <span class="faint num" role="status">
            {toCount(matching.length)} entries{isComplete ? '' : ', loading more…'}
          </span>
          <span class="push line">
            <Verify />
            <Button
              label="Export"
              icon="down"
              busy={busyWord('audit:export')}
              onPress={() => void exportAll(matching)}
            />
          </span>
        </div>
        {failure !== undefined && <ErrorPanel failure={failure} onRetry={reload} />}
        <div class="strip">
          <Histogram
            label="Events over time"
            good={countByTime(timesOf(rows, true), from, slowNow.value, BUCKETS)}
            bad={countByTime(timesOf(rows, false), from, slowNow.value, BUCKETS)}
            onPick={(share) => {
              const at = from + share * (slowNow.value - from);
              const index = times.findIndex((time) => time <= at);
              moveTo?.run(index < 0 ? rows.length - 1 : index);
            }}
          />
          <p class="foot num faint">
            <span>{`${toDay(from)}, ${toClock(from)}`}</span>
            <span>
              <span class="key" /> events <span class="key bad" /> warnings and errors
            </span>
            <span>now</span>
          </p>
        </div>
        <DataGrid
          name="audit"
          label="Audit"
          columns={COLUMNS}
          rows={rows}
          keyOf={({ event }) => String(event.seq)}
          cellsOf={(row) => cellsOf(row, nameOf(row.event))}
          onReady={(run) => {
            setMoveTo({ run });
          }}
          onOpen={({ event }) => {
            const service = event.serviceId === undefined ? undefined : byId.value.get(event.serviceId);
            if (service !== undefined) goTo(toServiceHref(service.ns, 'logs'));
          }}
        />
      </div>
    </div>
  );
}

const timesOf = (rows: readonly CollapsedEvent[], isInfo: boolean): number[] =>
  rows.filter(({ event }) => (event.level === 'info') === isInfo).map(({ event }) => new Date(event.at).getTime());

const COLUMNS: readonly GridColumn[] = [
  { class: 'c-time', name: 'Time' },
  { class: 'c-lv', name: 'Level', isNameHidden: true },
  { class: 'c-kind cut', name: 'Event' },
  { class: 'c-msg cut', name: 'Message' },
  { class: 'c-by cut', name: 'Caller' },
  { class: 'c-seq', name: 'Seq', isRight: true },
];

const cellsOf = ({ event, times }: CollapsedEvent, service: string) => [
  <span class="num faint">
    <span class="c-day">{toDay(event.at)}, </span>
    {toSecond(event.at)}
  </span>,
  <span>
    <Glyph tone={LEVEL_TONES[event.level]} />
    <span class="sr">{event.level}</span>
  </span>,
  <span class="mono">
    <ForeignText text={event.kind} />
  </span>,
  <span title={toVisible(event.message)}>
    {service !== '' && <b>{toVisible(service)} </b>}
    <ForeignText text={event.message} />
    {times > 1 && <span class="faint"> ×{times}</span>}
  </span>,
  <span class="faint">
    <ForeignText text={toCaller(event.caller)} />
  </span>,
  <span class="num faint">{event.seq}</span>,
];

function Verify() {
  const [verdict, setVerdict] = useState<AuditVerdictReply>();
  return (
    <>
      {verdict !== undefined && (
        <Status tone={verdict.ok ? 'ok' : 'bad'}>
          {verdict.ok
            ? `${toCount(verdict.records)} records: intact`
            : `broken${verdict.fault?.seq === undefined ? '' : ` at ${String(verdict.fault.seq)}`}: ${verdict.fault?.reason ?? ''}`}
        </Status>
      )}
      <Button
        label="Verify"
        busy={busyWord('audit:verify')}
        onPress={() => {
          const run = () => get<AuditVerdictReply>('/api/audit/verify');
          void runAction({ key: 'audit:verify', busy: 'Verifying…', run }).then(setVerdict);
        }}
      />
    </>
  );
}

/** Saves the matching entries as JSON lines, oldest first. */
async function exportAll(events: readonly AuditEventReply[]): Promise<void> {
  await runAction({
    key: 'audit:export',
    busy: 'Exporting…',
    run: () => {
      const lines = [...events].reverse().map((event) => JSON.stringify(event));
      saveFile('audit.jsonl', `${lines.join('\n')}\n`);
      return Promise.resolve({ kind: 'ok', value: lines.length } as const);
    },
    done: (count) => `audit.jsonl has ${toCount(count)} entries.`,
  });
}
