import type { ClientResultReply } from '@clarity-runtime/api-contract';
import type { ClientPlan, ClientPlanning } from '../state/client-setup-planner.ts';

export interface ClientPlanViewProps {
  readonly plan: ClientPlan;
  readonly planning: ClientPlanning;
}

/** What would be written and the question whether to; then what was, and what comes next. */
export function ClientPlanView({ plan: { wish, step, answer }, planning }: ClientPlanViewProps) {
  if (answer === undefined) return <p role="status">{step === 'writing' ? 'Writing…' : 'Looking…'}</p>;
  if (answer.kind !== 'ok') {
    return (
      <div class="plan" role="alert">
        <p class="error">
          {answer.kind === 'refused' ? 'The session has ended.' : `The file is as it was: ${answer.reason}`}
        </p>
        <Close label="Close" planning={planning} />
      </div>
    );
  }
  const { value: change } = answer;
  if (step === 'done' || !change.updated) {
    return (
      <div class="plan" role="status">
        <p>
          {change.updated ? `Written to ${change.path}.` : `Nothing has to be changed in ${change.path}.`}{' '}
          {change.updated && <strong>Next: {change.next}.</strong>}
        </p>
        <Close label="Close" planning={planning} />
      </div>
    );
  }
  return (
    <div class="plan">
      {wish.verb === 'connect' && <TransportChoice planning={planning} wish={wish} />}
      <p>
        {wish.verb === 'connect' ? 'This is put into' : 'This is taken out of'} <code>{change.path}</code>; all else in
        it stays, byte for byte.
      </p>
      <Entry change={change} sign={wish.verb === 'connect' ? '+' : '-'} />
      <div class="acts">
        <button type="button" onClick={planning.write}>
          {wish.verb === 'connect' ? 'Write it' : 'Take it out'}
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

function TransportChoice({ wish, planning }: { readonly wish: ClientPlan['wish']; readonly planning: ClientPlanning }) {
  const ways = [
    ['stdio', 'It starts clarityctl itself'],
    ['http', 'It connects over HTTP'],
  ] as const;
  return (
    <fieldset>
      <legend>How it reaches the gateway</legend>
      {ways.map(([transport, label]) => (
        <label key={transport} class="choice">
          <input
            type="radio"
            name="transport"
            checked={wish.transport === transport}
            onChange={() => {
              planning.look({ ...wish, transport });
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
