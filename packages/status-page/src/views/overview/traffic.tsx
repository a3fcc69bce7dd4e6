import { ForeignText } from '../../parts/foreign-text.tsx';
import { Panel } from '../../parts/layout.tsx';
import { toServiceHref } from '../../state/route.ts';
import { slowNow } from '../../state/clock.ts';
import { useStore } from '../../state/store-context.ts';
import { toClientName } from '../../text/events.ts';
import { toCount } from '../../text/numbers.ts';
import { layoutBands, type BandEnd } from '../../text/bands.ts';

const WINDOW_MS = 10 * 60 * 1_000;
const MAX_SERVICES = 8;

/** Traffic: clients left, services right, a band as wide as its share of the last ten minutes. */
export function Traffic() {
  const store = useStore();
  const since = new Date(slowNow.value - WINDOW_MS).toISOString();
  const calls = store.calls.value.filter(({ at }) => at >= since);
  if (calls.length === 0) return null;
  const pairs = calls.map((call) => ({ from: toClientName(call), to: call.service }));
  const { left, right, bands } = layoutBands(pairs, MAX_SERVICES);
  const height = Math.max(5, 1.9 * Math.max(left.length, right.length));
  return (
    <Panel title="Traffic by client" class="ov-flow" hint="last 10 min" more={<a href="#/clients">Clients</a>}>
      <div class="flow" style={{ height: `${String(height)}rem` }}>
        <Ends ends={left} />
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {bands.map((d, index) => (
            <path key={index} class="band" d={d} />
          ))}
        </svg>
        <Ends ends={right} isServices />
      </div>
    </Panel>
  );
}

const Ends = ({ ends, isServices = false }: { readonly ends: readonly BandEnd[]; readonly isServices?: boolean }) => (
  <ul class={`ends${isServices ? ' to' : ''}`}>
    {ends.map(({ name, count, isRest }) => (
      <li key={name} class="cut">
        {isServices && !isRest ? (
          <a href={toServiceHref(name)}>
            <ForeignText text={name} />
          </a>
        ) : (
          <span class="cut">
            <ForeignText text={name} />
          </span>
        )}
        <span class="faint num"> {toCount(count)}</span>
      </li>
    ))}
  </ul>
);
