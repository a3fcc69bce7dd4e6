import type { ServiceSummary } from '../api.ts';
import { duration, plural, spoken } from '../format.ts';
import type { ToolsState } from '../page-state.ts';
import { Fact } from './fact.tsx';
import { ToolList } from './tool-list.tsx';

export interface ServiceCardProps {
  readonly service: ServiceSummary;
  /** Undefined as long as nobody has asked to see them. */
  readonly tools: ToolsState | undefined;
  readonly onToggle: (service: ServiceSummary, open: boolean) => void;
}

export function ServiceCard({ service, tools, onToggle }: ServiceCardProps) {
  const { namespace, displayName, sourceFile, lifecycle, health, lastError } = service;
  const name = displayName ?? namespace;
  return (
    <li class="service">
      <h2>
        {name} {name !== namespace && <code>{namespace}</code>}
      </h2>
      <p class="source">{sourceFile}</p>
      <dl class="facts">
        <Fact name="State" value={spoken(lifecycle)} tone={toneOfLifecycle(lifecycle)} />
        <Fact name="Health" value={spoken(health)} tone={toneOfHealth(health)} />
        <Fact name="Origin" value={spoken(service.originType)} />
        <Fact name="Up" value={lifecycle === 'RUNNING' ? duration(service.uptimeSeconds) : '–'} />
      </dl>
      {lastError !== undefined && <p class="error">Last error: {lastError}</p>}
      {service.interface === null ? (
        <p class="about">What it offers is not known: it has not run yet.</p>
      ) : (
        <details
          onToggle={(event) => {
            onToggle(service, event.currentTarget.open);
          }}
        >
          <summary>{plural(service.interface.tools, 'tool')}</summary>
          <ToolList tools={tools} />
        </details>
      )}
    </li>
  );
}

const toneOfLifecycle = (lifecycle: string) =>
  lifecycle === 'RUNNING' ? 'good' : lifecycle === 'CRASHED' || lifecycle === 'QUARANTINED' ? 'bad' : 'idle';

const toneOfHealth = (health: string) => (health === 'HEALTHY' ? 'good' : health === 'UNKNOWN' ? 'idle' : 'bad');
