import type { ServiceEntry } from '../../api/model.ts';
import { Glyph } from '../../parts/state-glyph.tsx';
import { toCount } from '../../text/numbers.ts';
import { hasProblem, STATE_ORDER, STATES, stateOf } from '../../text/states.ts';

interface StateChipsProps {
  readonly services: readonly ServiceEntry[];
  readonly state: string;
  readonly onPick: (state: string) => void;
}

/** Filters by state. The counts of the states add up to the total. */
export function StateChips({ services, state, onPick }: StateChipsProps) {
  const counts = STATE_ORDER.map((key) => ({ key, count: services.filter((one) => stateOf(one) === key).length }));
  const problems = services.filter(hasProblem).length;
  return (
    <div class="tools chips-row">
      <div class="chips" role="group" aria-label="State">
        <Chip
          label="All"
          count={services.length}
          isPressed={state === ''}
          onPress={() => {
            onPick('');
          }}
        />
        {(problems > 0 || state === 'problem') && (
          <Chip
            label="Problems"
            count={problems}
            isPressed={state === 'problem'}
            onPress={() => {
              onPick('problem');
            }}
          />
        )}
        {counts
          .filter(({ key, count }) => count > 0 || key === state)
          .map(({ key, count }) => (
            <Chip
              key={key}
              label={STATES[key].word}
              glyph={<Glyph tone={STATES[key].tone} />}
              count={count}
              isPressed={state === key}
              onPress={() => {
                onPick(key);
              }}
            />
          ))}
      </div>
    </div>
  );
}

interface ChipProps {
  readonly label: string;
  readonly count: number;
  readonly isPressed: boolean;
  readonly onPress: () => void;
  readonly glyph?: preact.ComponentChildren;
}

const Chip = ({ label, count, isPressed, onPress, glyph }: ChipProps) => (
  <button type="button" class="chip" aria-pressed={isPressed} onClick={onPress}>
    {glyph}
    {label}
    <span class="num">{toCount(count)}</span>
  </button>
);
