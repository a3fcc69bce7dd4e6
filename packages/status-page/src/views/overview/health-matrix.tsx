import { useState } from 'preact/hooks';
import type { ServiceEntry } from '../../api/model.ts';
import { Glyph } from '../../parts/state-glyph.tsx';
import { goTo, toServiceHref } from '../../state/route.ts';
import { useStore } from '../../state/store-context.ts';
import { toCount } from '../../text/numbers.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { rankOf, STATE_ORDER, STATES, stateOf, type GlyphTone } from '../../text/states.ts';

/** One cell of 10 × 10 at x and y. */
const CELLS: Readonly<Record<GlyphTone, (x: number, y: number) => string>> = {
  ok: (x, y) => `M${at(x, 1.5)} ${at(y, 1.5)}h7v7h-7z`,
  bad: (x, y) => `M${at(x, 3.2)} ${at(y, 0.6)}h3.6l2.6 2.6v3.6l-2.6 2.6h-3.6l-2.6-2.6v-3.6z`,
  warn: (x, y) => `M${at(x, 5)} ${at(y, 0.5)}l4.6 8.5h-9.2z`,
  hold: (x, y) => `M${at(x, 5)} ${at(y, 0.2)}l4.8 4.8-4.8 4.8-4.8-4.8z`,
  idle: (x, y) => `M${at(x, 2.5)} ${at(y, 2.5)}h5v5h-5z`,
  busy: (x, y) => `M${at(x, 2.5)} ${at(y, 2.5)}h5v5h-5z`,
};

const at = (index: number, offset: number): string => String(index * 10 + offset);

interface Hover {
  readonly service: ServiceEntry;
  readonly x: number;
  readonly y: number;
}

/** All services as cells, worst first, one SVG path for each tone; the legend below is the way for the keyboard. */
export function HealthMatrix() {
  const { services } = useStore();
  const [hover, setHover] = useState<Hover>();
  const list = [...services.value].sort((a, b) => rankOf(stateOf(a)) - rankOf(stateOf(b)));
  const perRow = list.length <= 60 ? 20 : list.length <= 400 ? 34 : 50;
  const rows = Math.max(1, Math.ceil(list.length / perRow));
  const paths = new Map<GlyphTone, string>();
  list.forEach((service, index) => {
    const { tone } = STATES[stateOf(service)];
    const cell = CELLS[tone](index % perRow, Math.floor(index / perRow));
    paths.set(tone, `${paths.get(tone) ?? ''}${cell}`);
  });
  const find = (event: MouseEvent): ServiceEntry | undefined => {
    if (!(event.currentTarget instanceof Element)) return undefined;
    const box = event.currentTarget.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
    return list[row * perRow + Math.floor(((event.clientX - box.left) / box.width) * perRow)];
  };
  const counts = STATE_ORDER.map((state) => ({ state, count: list.filter((one) => stateOf(one) === state).length }));
  const present = counts.filter(({ count }) => count > 0);
  const width = perRow * (list.length <= 60 ? 1.75 : list.length <= 400 ? 1.1 : 0.85);
  return (
    <>
      <svg
        class="matrix"
        viewBox={`0 0 ${String(perRow * 10)} ${String(rows * 10)}`}
        role="img"
        aria-label={`Health of ${String(list.length)} services: ${present.map(({ state, count }) => `${String(count)} ${STATES[state].word.toLowerCase()}`).join(', ')}`}
        style={{ maxWidth: `${String(width)}rem` }}
        onPointerMove={(event) => {
          const service = find(event);
          setHover(service && { service, x: event.clientX, y: event.clientY });
        }}
        onPointerLeave={() => {
          setHover(undefined);
        }}
        onClick={(event) => {
          const service = find(event);
          if (service !== undefined) goTo(toServiceHref(service.ns));
        }}
      >
        {[...paths].map(([tone, d]) => (
          <path key={tone} class={`m-${tone === 'busy' ? 'idle' : tone}`} d={d} />
        ))}
      </svg>
      {hover !== undefined && (
        <div
          class="tip"
          aria-hidden="true"
          style={{ left: `${String(Math.min(innerWidth - 220, hover.x + 12))}px`, top: `${String(hover.y + 14)}px` }}
        >
          {toVisible(hover.service.ns)} · {STATES[stateOf(hover.service)].word}
        </div>
      )}
      <p class="chips">
        {present.map(({ state, count }) => (
          <a key={state} class="chip" href={`#/services?state=${state}`}>
            <Glyph tone={STATES[state].tone} />
            {toCount(count)} {STATES[state].word.toLowerCase()}
          </a>
        ))}
      </p>
    </>
  );
}
