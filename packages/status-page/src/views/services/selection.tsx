import { signal } from '@preact/signals';
import { Button } from '../../parts/button.tsx';
import { useStore } from '../../state/store-context.ts';
import { toPlural } from '../../text/numbers.ts';
import { actOnAll } from '../../actions/service-actions.tsx';

/** Ids of the selected services. */
export const selected = signal<ReadonlySet<string>>(new Set());

/** The actions on the selected services. */
export function Selection() {
  const store = useStore();
  const list = [...selected.value].flatMap((id) => store.byId.value.get(id) ?? []);
  if (list.length === 0) return null;
  const act = (verb: 'restart' | 'stop' | 'start'): void => {
    selected.value = new Set();
    void actOnAll(list, verb, 'selection');
  };
  return (
    <div class="bulk" role="group" aria-label="Selected services">
      <b>{toPlural(list.length, 'service')} selected</b>
      <Button
        label="Restart"
        icon="turn"
        isSmall
        onPress={() => {
          act('restart');
        }}
      />
      <Button
        label="Stop"
        icon="stop"
        isSmall
        onPress={() => {
          act('stop');
        }}
      />
      <Button
        label="Start"
        icon="play"
        isSmall
        onPress={() => {
          act('start');
        }}
      />
      <Button
        label="Clear selection"
        kind="ghost"
        isSmall
        onPress={() => {
          selected.value = new Set();
        }}
      />
    </div>
  );
}
