import type { ClientStateReply } from '@clarity-runtime/api-contract';
import type { ClientPlanning } from '../state/client-setup-planner.ts';
import type { Loadable } from '../state/loadable.ts';
import { ClientRow } from './client-row.tsx';

export interface ClientsSectionProps {
  readonly known: Loadable<readonly ClientStateReply[]>;
  readonly planning: ClientPlanning;
}

/** The AI clients of this machine, with buttons to add the gateway to their configuration and to remove it. */
export function ClientsSection({ known: { value, last }, planning }: ClientsSectionProps) {
  const isHere = ({ present, configured, problem }: ClientStateReply) => present || configured || problem !== undefined;
  const here = value?.filter(isHere) ?? [];
  const others = value?.filter((client) => !isHere(client)) ?? [];
  const list = (clients: readonly ClientStateReply[]) => (
    <ul class="clients" role="list">
      {clients.map((client) => (
        <ClientRow key={client.client} state={client} planning={planning} />
      ))}
    </ul>
  );
  return (
    <section aria-labelledby="clients">
      <h2 id="clients">Client bootstrap config</h2>
      <p class="about">
        The AI clients of the user of the daemon. You see each change before it is written.{' '}
        <code>clarityctl bootstrap</code> does the same in a terminal.
      </p>
      {last?.kind === 'failed' && <p role="alert">{last.reason}</p>}
      {value === undefined && last === undefined && <p role="status">Loading…</p>}
      {value !== undefined && (
        <div class="card">
          {here.length === 0 ? <p>None of the known clients was found on this machine.</p> : list(here)}
          {others.length > 0 && (
            <details>
              <summary>Not found on this machine: {others.map(({ client }) => client).join(', ')}</summary>
              {list(others)}
            </details>
          )}
        </div>
      )}
    </section>
  );
}
