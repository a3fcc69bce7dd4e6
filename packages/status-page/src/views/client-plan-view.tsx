import type { ClientResultReply } from '@clarity-runtime/api-contract';
import type { ClientPlan, ClientPlanning } from '../state/client-setup-planner.ts';

export interface ClientPlanViewProps {
  readonly plan: ClientPlan;
  readonly planning: ClientPlanning;
}

/** The planned change of a client with a confirmation; afterwards the result and the next step. */
export function ClientPlanView({ plan: { request, step, answer }, planning }: ClientPlanViewProps) {
  if (answer === undefined) return <p role="status">{step === 'writing' ? 'Writing…' : 'Loading…'}</p>;
  if (answer.kind !== 'ok') {
    return (
      <div class="plan" role="alert">
        <p class="error">
          {answer.kind === 'refused' ? 'The session has ended.' : `The file was not changed: ${answer.reason}`}
        </p>
        <Close label="Close" planning={planning} />
      </div>
    );
  }
  const { value: change } = answer;
  const { path = change.client } = change;
  if (step === 'done' || !change.updated) {
    return (
      <div class="plan" role="status">
        <p>
          {change.updated ? `Written to ${path}.` : `No change is necessary in ${path}.`}{' '}
          {change.updated && <strong>Next: {change.next}.</strong>}
        </p>
        <Close label="Close" planning={planning} />
      </div>
    );
  }
  return (
    <div class="plan">
      {request.verb === 'connect' && <TransportChoice planning={planning} request={request} />}
      <p>
        {request.verb === 'connect' ? 'This is added to' : 'This is removed from'} <code>{change.path}</code>. The rest
        of the file does not change.
      </p>
      <Entry change={change} sign={request.verb === 'connect' ? '+' : '-'} />
      <div class="acts">
        <button type="button" onClick={planning.write}>
          {request.verb === 'connect' ? 'Write' : 'Remove'}
        </button>
        <Close label="Cancel" planning={planning} />
      </div>
    </div>
  );
}

function Entry({ change: { entry = '' }, sign }: { readonly change: ClientResultReply; readonly sign: '+' | '-' }) {
  const lines = entry.trimEnd().split('\n');
  return (
    <pre tabIndex={0} class={sign === '+' ? 'added' : 'removed'}>
      {lines.map((line) => `${sign} ${line}`).join('\n')}
    </pre>
  );
}

function TransportChoice({
  request,
  planning,
}: {
  readonly request: ClientPlan['request'];
  readonly planning: ClientPlanning;
}) {
  const ways = [
    ['stdio', 'The client starts clarityctl'],
    ['http', 'The client connects over HTTP'],
  ] as const;
  return (
    <fieldset>
      <legend>Transport</legend>
      {ways.map(([transport, label]) => (
        <label key={transport} class="choice">
          <input
            type="radio"
            name="transport"
            checked={request.transport === transport}
            onChange={() => {
              planning.look({ ...request, transport });
            }}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

const Close = ({ label, planning }: { readonly label: string; readonly planning: ClientPlanning }) => (
  <button type="button" class="quiet" onClick={planning.close}>
    {label}
  </button>
);
