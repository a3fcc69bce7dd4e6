import type { ServiceEntry } from '../api/model.ts';
import { STATES, stateOf, type GlyphTone } from '../text/states.ts';

/** 12 × 12, told apart by shape, so that color is never the only signal (WCAG 2.2, 1.4.1). */
const SHAPES: Readonly<Record<GlyphTone, string>> = {
  ok: 'M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1z',
  warn: 'M6 .6 11.8 11H.2z',
  bad: 'M3.6.6h4.8l3 3v4.8l-3 3H3.6l-3-3V3.6z',
  hold: 'M6 .2 11.8 6 6 11.8.2 6z',
  idle: 'M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1zm0 1.6a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8z',
  busy: 'M6 1a5 5 0 0 0 0 10zM6 1v1.5a3.5 3.5 0 0 1 0 7V11A5 5 0 0 0 6 1z',
};

export const Glyph = ({ tone }: { readonly tone: GlyphTone }) => (
  <svg class={`glyph tone-${tone === 'busy' ? 'idle' : tone}`} viewBox="0 0 12 12" aria-hidden="true">
    <path d={SHAPES[tone]} />
  </svg>
);

/** The state of a service as glyph and word. */
export const StateText = ({ service }: { readonly service: Pick<ServiceEntry, 'state' | 'held'> }) => {
  const { tone, word } = STATES[stateOf(service)];
  return (
    <span class="state">
      <Glyph tone={tone} />
      {word}
    </span>
  );
};

/** A tone with a text of its own. */
export const Status = ({
  tone,
  children,
}: {
  readonly tone: GlyphTone;
  readonly children: preact.ComponentChildren;
}) => (
  <span class="state">
    <Glyph tone={tone} />
    <span>{children}</span>
  </span>
);
