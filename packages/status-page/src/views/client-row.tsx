import type { ClientStateReply } from '@clarity-runtime/api-contract';
import type { ClientPlanning } from '../state/client-setup-planner.ts';
import { ClientPlanView } from './client-plan-view.tsx';

export interface ClientRowProps {
  readonly state: ClientStateReply;
  readonly planning: ClientPlanning;
}

export function ClientRow({ state, planning }: ClientRowProps) {
  const { client, path, configured, problem } = state;
  const { plan, look } = planning;
  const isOpen = plan?.request.client === client;
  const verb = configured ? 'remove' : 'connect';
  return (
    <li>
      <div class="client">
        <div>
          <h3>{client}</h3>
          <p class="source">{path}</p>
        </div>
        <p class={problem !== undefined ? 'tone bad' : configured ? 'tone good' : 'tone idle'}>{wordsOf(state)}</p>
        <button
          type="button"
          disabled={isOpen && plan.step !== 'done'}
          aria-label={`${configured ? 'Remove from' : 'Connect'} ${client}…`}
          onClick={() => {
            look({ client, verb, transport: 'stdio' });
          }}
        >
          {configured ? 'Remove…' : 'Connect…'}
        </button>
      </div>
      {problem !== undefined && <p class="error">The file cannot be edited: {problem}</p>}
      {isOpen && <ClientPlanView plan={plan} planning={planning} />}
    </li>
  );
}

function wordsOf({ configured, problem, transport }: ClientStateReply): string {
  if (problem !== undefined) return 'unreadable';
  return configured ? `connected${transport === undefined ? '' : ` over ${transport}`}` : 'not connected';
}
