import type { ServiceEntry } from '../../api/model.ts';
import { Command, ErrorPanel } from '../../parts/layout.tsx';
import { goTo } from '../../state/route.ts';
import { useStore } from '../../state/store-context.ts';
import { useEarlierCalls } from '../../state/use-calls.ts';
import { quoteWord } from '../../text/shell-words.ts';
import { CallsGrid } from '../activity/calls-grid.tsx';

/** The calls of one service as they end. */
export function CallsTab({ service }: { readonly service: ServiceEntry }) {
  const store = useStore();
  const { failure, reload } = useEarlierCalls(service.ns);
  const calls = store.calls.value.filter((call) => call.service === service.ns);
  if (failure !== undefined && calls.length === 0) return <ErrorPanel failure={failure} onRetry={reload} />;
  if (calls.length === 0) {
    return (
      <div class="stack">
        <p class="soft">No calls since clarityd started.</p>
        <Command text={`${store.runtime.value?.cli ?? 'clarityctl'} tools ${quoteWord(service.ns)}`} />
      </div>
    );
  }
  return (
    <div class="fill">
      <CallsGrid
        calls={calls}
        isOneService
        onOpen={({ id }) => {
          goTo(`#/calls/${encodeURIComponent(id)}`);
        }}
      />
    </div>
  );
}
