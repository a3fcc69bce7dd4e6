import { ForeignText } from '../../parts/foreign-text.tsx';
import { Glyph } from '../../parts/state-glyph.tsx';
import { Command } from '../../parts/layout.tsx';
import { useStore } from '../../state/store-context.ts';
import { toClientName } from '../../text/events.ts';
import { toDuration } from '../../text/numbers.ts';
import { OUTCOMES } from '../../text/states.ts';
import { toSecond } from '../../text/times.ts';

const ROWS = 9;
const WIDE_ROWS = 24;

/** The newest calls. */
export function LiveTape() {
  const store = useStore();
  const calls = store.calls.value.slice(0, innerWidth >= 1_900 ? WIDE_ROWS : ROWS);
  if (calls.length === 0) {
    return (
      <div class="stack tight">
        <p class="faint">No calls yet. They appear here as they happen.</p>
        <Command text={`${store.runtime.value?.cli ?? 'clarityctl'} tools`} />
      </div>
    );
  }
  return (
    <ol class="tape">
      {calls.map((call) => (
        <li key={call.id}>
          <span class="faint num">{toSecond(call.at)}</span>
          <span class="cut who">
            <ForeignText text={toClientName(call)} />
          </span>
          <span class="cut mono">
            <ForeignText text={`${call.service} › ${call.tool}`} />
          </span>
          <span class="num faint nowrap">{toDuration(call.durationMs)}</span>
          <span title={OUTCOMES[call.outcome].word}>
            <Glyph tone={OUTCOMES[call.outcome].tone} />
            <span class="sr">{OUTCOMES[call.outcome].word}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
