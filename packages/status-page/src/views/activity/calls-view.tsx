import type { CallEntry } from '../../api/model.ts';
import { LinkButton, Button } from '../../parts/button.tsx';
import { Histogram } from '../../parts/charts.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Command, EmptyState, ErrorPanel, Facts } from '../../parts/layout.tsx';
import { Status } from '../../parts/state-glyph.tsx';
import { slowNow } from '../../state/clock.ts';
import { addKeyHandler } from '../../state/keyboard.ts';
import { goTo, route, toServiceHref } from '../../state/route.ts';
import { useStore } from '../../state/store-context.ts';
import { useEarlierCalls } from '../../state/use-calls.ts';
import { toCaller } from '../../text/events.ts';
import { toBytes, toDuration } from '../../text/numbers.ts';
import { countByTime } from '../../text/series.ts';
import { OUTCOMES } from '../../text/states.ts';
import { toMoment } from '../../text/times.ts';
import { useEffect } from 'preact/hooks';
import { CallsGrid } from './calls-grid.tsx';

const WINDOW_MS = 10 * 60 * 1_000;
const BUCKETS = 120;

/** All calls as they end, with the detail of one beside them. */
export function CallsView() {
  const store = useStore();
  const { failure, reload } = useEarlierCalls();
  const calls = store.calls.value;
  const openId = route.value.parts[1];
  const open = openId === undefined ? undefined : calls.find(({ id }) => id === openId);
  useEffect(
    () =>
      addKeyHandler(({ key }) => {
        if (key !== 'Escape' || openId === undefined) return false;
        goTo('#/calls');
        return true;
      }),
    [openId],
  );
  if (calls.length === 0) {
    return (
      <div class="view narrow">
        {failure !== undefined && <ErrorPanel failure={failure} onRetry={reload} />}
        <EmptyState title="No calls yet">
          <p class="soft">Calls appear here as they happen, with client, tool, duration and outcome.</p>
          <Command text={`${store.runtime.value?.cli ?? 'clarityctl'} tools`} />
        </EmptyState>
      </div>
    );
  }
  return (
    <div class={`split${open === undefined ? '' : ' side'}`}>
      <div class="pane">
        <CallHistogram calls={calls} />
        {store.skippedCalls.value > 0 && (
          <p class="faint padded-line">
            {store.skippedCalls.value} calls were left out of the list: the stream sends samples above 20 calls/s.
          </p>
        )}
        <CallsGrid
          calls={calls}
          openId={openId}
          onOpen={({ id }) => {
            goTo(`#/calls/${encodeURIComponent(id)}`);
          }}
        />
      </div>
      {open !== undefined && <CallDetail call={open} />}
    </div>
  );
}

/** Calls of the last ten minutes in steps of 5 s, failed ones on top. */
function CallHistogram({ calls }: { readonly calls: readonly CallEntry[] }) {
  const until = slowNow.value;
  const from = until - WINDOW_MS;
  const times = (isBad: boolean): number[] =>
    calls.filter(({ outcome }) => (outcome !== 'ok') === isBad).map(({ at }) => new Date(at).getTime());
  return (
    <div class="strip">
      <Histogram
        label="Calls of the last ten minutes"
        good={countByTime(times(false), from, until, BUCKETS)}
        bad={countByTime(times(true), from, until, BUCKETS)}
      />
      <p class="foot num faint">
        <span>10 min ago</span>
        <span>
          <span class="key" /> calls <span class="key bad" /> failed
        </span>
        <span>now</span>
      </p>
    </div>
  );
}

function CallDetail({ call }: { readonly call: CallEntry }) {
  const store = useStore();
  const { service, tool, outcome, reason, code, client, caller, durationMs, queuedMs, requestBytes, responseBytes } =
    call;
  const isKnown = store.byNamespace.value.has(service);
  return (
    <aside class="pane" aria-label="Call">
      <div class="insp">
        <div class="stack">
          <div class="line">
            <h2 class="wrap mono grow">
              <ForeignText text={`${service} › ${tool}`} />
            </h2>
            <Button
              label="Close"
              icon="close"
              kind="ghost"
              isIconOnly
              onPress={() => {
                goTo('#/calls');
              }}
            />
          </div>
          <p>
            <b>
              <Status tone={OUTCOMES[outcome].tone}>{OUTCOMES[outcome].word}</Status>
            </b>{' '}
            {code !== undefined && <code>{code}</code>}
          </p>
          {reason !== undefined && (
            <p class="wrap">
              <ForeignText text={reason} />
            </p>
          )}
          <Facts
            rows={[
              ['When', toMoment(call.at)],
              [
                'Client',
                client === undefined ? (
                  'not named'
                ) : (
                  <ForeignText key="client" text={`${client.name} ${client.version ?? ''}`} />
                ),
              ],
              ['Caller', <ForeignText key="caller" text={toCaller(caller)} />],
              [
                'Duration',
                `${toDuration(durationMs)}${queuedMs === undefined || queuedMs < 1 ? '' : ` (${toDuration(queuedMs)} queued)`}`,
              ],
              requestBytes === undefined ? undefined : ['Request', toBytes(requestBytes)],
              responseBytes === undefined ? undefined : ['Response', toBytes(responseBytes)],
            ]}
          />
          <p class="note">Arguments and results are not recorded.</p>
          {isKnown && (
            <p class="line">
              <LinkButton href={toServiceHref(service, 'tools', tool)}>Try this tool</LinkButton>
              <LinkButton href={toServiceHref(service, 'logs')}>Logs</LinkButton>
            </p>
          )}
        </div>
      </div>
    </aside>
  );
}
