import type { ClientStateReply } from '@clarity-runtime/api-contract';
import type { ClientPlanning } from '../state/client-setup-planner.ts';
import type { Loadable } from '../state/loadable.ts';
import { ClientRow } from './client-row.tsx';

export interface ClientsSectionProps {
  readonly known: Loadable<readonly ClientStateReply[]>;
  readonly planning: ClientPlanning;
}

/** Which AI clients of this machine know the gateway, and the way to tell them or to make them forget. */
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
        The clients of the user that the daemon runs as. You see what would be written before a file is touched;{' '}
        <code>clarityctl bootstrap</code> does the same on a terminal.
      </p>
      {last?.kind === 'failed' && <p role="alert">{last.reason}</p>}
      {value === undefined && last === undefined && <p role="status">Asking…</p>}
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
