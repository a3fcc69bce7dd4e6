import { useEffect, useState } from 'preact/hooks';
import { fetchStatus, fetchTools, type ServiceSummary } from './api.ts';
import { withAnswer, type PageState, type ToolsState } from './page-state.ts';
import { poll } from './poll.ts';
import { Page } from './views/page.tsx';

const EVERY_MS = 4_000;

/** Keeps what the page shows: the status all the time, tools only of the services that stand open. */
export function App() {
  const [state, setState] = useState<PageState>({});
  const [tools, setTools] = useState<ReadonlyMap<string, ToolsState>>(new Map());

  useEffect(
    () =>
      poll(EVERY_MS, async () => {
        const answer = await fetchStatus();
        setState((before) => withAnswer(before, answer, new Date()));
      }),
    [],
  );

  const load = async ({ serviceId, interface: offered }: ServiceSummary): Promise<void> => {
    const revision = offered?.interfaceRevision ?? '';
    const set = (entry: ToolsState): void => {
      setTools((before) => new Map(before).set(serviceId, entry));
    };
    set({ revision, answer: tools.get(serviceId)?.answer });
    set({ revision, answer: await fetchTools(serviceId) });
  };

  useEffect(() => {
    for (const service of state.status?.services ?? []) {
      const open = tools.get(service.serviceId);
      if (open !== undefined && service.interface && open.revision !== service.interface.interfaceRevision) {
        void load(service);
      }
    }
  }, [state]);

  const toggle = (service: ServiceSummary, open: boolean): void => {
    if (open) void load(service);
    else setTools((before) => new Map([...before].filter(([id]) => id !== service.serviceId)));
  };

  return <Page state={state} tools={tools} onToggle={toggle} />;
}
