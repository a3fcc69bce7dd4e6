import type { ServiceDetailsReply, ServiceSummary } from '@clarity-runtime/api-contract';
import type { Actions } from '../state/actions.ts';
import type { Loadable } from '../state/loadable.ts';
import { duration, plural, toWords } from '../format/format.ts';
import { healthText } from '../format/health-text.ts';
import { DetailsView } from './details-view.tsx';
import { Fact } from './fact.tsx';
import { ServiceActs } from './service-actions.tsx';

export interface ServiceCardProps {
  readonly service: ServiceSummary;
  /** Undefined until the details are opened. */
  readonly details: Loadable<ServiceDetailsReply> | undefined;
  readonly acts: Actions;
  readonly onToggle: (service: ServiceSummary, open: boolean) => void;
}

export function ServiceCard({ service, details, acts, onToggle }: ServiceCardProps) {
  const { namespace, displayName, sourceFile, lifecycle, health, lastError } = service;
  const name = displayName ?? namespace;
  const meaning = healthText(service);
  return (
    <li class="card">
      <h3>
        {name} {name !== namespace && <code>{namespace}</code>}
      </h3>
      <p class="source">{sourceFile}</p>
      <dl class="facts">
        <Fact name="State" value={toWords(lifecycle)} tone={toneOfLifecycle(lifecycle)} />
        <Fact name="Health" value={toWords(health)} tone={toneOfHealth(health)} />
        <Fact name="Origin" value={toWords(service.originType)} />
        <Fact name="Up" value={lifecycle === 'RUNNING' ? duration(service.uptimeSeconds) : '–'} />
      </dl>
      {lastError !== undefined && <p class="error">Last error: {lastError}</p>}
      {meaning !== undefined && (
        <p>
          {meaning.means} <strong>{meaning.next}</strong>
        </p>
      )}
      <ServiceActs service={service} acts={acts} />
      <details
        onToggle={(event) => {
          onToggle(service, event.currentTarget.open);
        }}
      >
        <summary>{offerOf(service)}</summary>
        <DetailsView details={details} />
      </details>
    </li>
  );
}

function offerOf({ interface: offered }: ServiceSummary): string {
  if (offered === null) return 'Calls and log; the interface is unknown before the first start';
  const counts = [plural(offered.tools, 'tool')];
  if (offered.resources > 0) counts.push(plural(offered.resources, 'resource'));
  if (offered.prompts > 0) counts.push(plural(offered.prompts, 'prompt'));
  return `${counts.join(', ')}, calls and log`;
}

const toneOfLifecycle = (lifecycle: string) =>
  lifecycle === 'RUNNING' ? 'good' : lifecycle === 'CRASHED' || lifecycle === 'QUARANTINED' ? 'bad' : 'idle';

const toneOfHealth = (health: string) => (health === 'HEALTHY' ? 'good' : health === 'UNKNOWN' ? 'idle' : 'bad');
