import type { ServiceSummary } from '@clarity-runtime/api-contract';
import { operate, type ServiceVerb } from '../api/services.ts';
import type { Actions } from '../state/actions.ts';
import { ActButton, ActFailure } from './action-button.tsx';

const labels: Readonly<Record<ServiceVerb, string>> = {
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  unquarantine: 'Lift quarantine',
};

const possible: Readonly<Record<string, readonly ServiceVerb[]>> = {
  RUNNING: ['restart', 'stop'],
  QUARANTINED: ['unquarantine'],
  CRASHED: ['start', 'stop'],
  STOPPED: ['start'],
  REGISTERED: ['start'],
};

export function ServiceActs({ service, acts }: { readonly service: ServiceSummary; readonly acts: Actions }) {
  const { serviceId, namespace, lifecycle } = service;
  const nameOf = (verb: ServiceVerb): string => `${verb} ${serviceId}`;
  const verbs = possible[lifecycle] ?? [];
  return (
    <>
      <div class="acts">
        {verbs.map((verb) => (
          <ActButton
            key={verb}
            label={labels[verb]}
            of={namespace}
            name={nameOf(verb)}
            acts={acts}
            work={() => operate(serviceId, verb)}
          />
        ))}
      </div>
      <ActFailure names={verbs.map(nameOf)} acts={acts} />
    </>
  );
}
