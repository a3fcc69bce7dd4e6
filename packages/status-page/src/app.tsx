import { useState } from 'preact/hooks';
import { fetchApprovals } from './api/approvals.ts';
import { fetchAudit } from './api/audit.ts';
import { fetchClients } from './api/clients.ts';
import { fetchStatus } from './api/status.ts';
import { useActions } from './hooks/use-actions.ts';
import { useClientPlan } from './hooks/use-client-plan.ts';
import { useDetails } from './hooks/use-details.ts';
import { useLoadable } from './hooks/use-loadable.ts';
import { Page } from './views/page.tsx';

const EVERY_MS = 4_000;
/** Longer than the other interval, because configurations of clients seldom change. */
const CLIENTS_EVERY_MS = 30_000;

/** Holds the state of the page and reloads all of it after every action of the user. */
export function App() {
  const [onlyTrouble, setOnlyTrouble] = useState(false);
  const status = useLoadable(EVERY_MS, fetchStatus);
  const approvals = useLoadable(EVERY_MS, fetchApprovals);
  const audit = useLoadable(EVERY_MS, () => fetchAudit(onlyTrouble), [onlyTrouble]);
  const clients = useLoadable(CLIENTS_EVERY_MS, fetchClients);
  const { details, onToggle } = useDetails(status.known.value);
  const again = (): void => {
    for (const one of [status, approvals, audit, clients]) void one.again();
  };
  return (
    <Page
      status={status.known}
      acts={useActions(again)}
      services={{ details, onToggle }}
      approvals={approvals.known}
      clients={{ known: clients.known, planning: useClientPlan(again) }}
      audit={{ known: audit.known, onlyTrouble, onFilter: setOnlyTrouble }}
    />
  );
}
