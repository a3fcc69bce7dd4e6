import type { ServiceSummary } from '../api.ts';
import type { PageState, ToolsState } from '../page-state.ts';
import { EmptyState } from './empty-state.tsx';
import { Notice } from './notice.tsx';
import { RuntimeHeader } from './runtime-header.tsx';
import { ServiceCard } from './service-card.tsx';

export interface PageProps {
  readonly state: PageState;
  /** By service id: the tools of the services that were opened. */
  readonly tools: ReadonlyMap<string, ToolsState>;
  readonly onToggle: (service: ServiceSummary, open: boolean) => void;
}

/** The whole page as a function of what is known. */
export function Page({ state, tools, onToggle }: PageProps) {
  const services = state.status?.services;
  return (
    <>
      <RuntimeHeader status={state.status} />
      <main>
        <Notice {...state} />
        {services?.length === 0 && <EmptyState />}
        {services !== undefined && services.length > 0 && (
          <ul class="services" role="list" aria-label="Services">
            {services.map((service) => (
              <ServiceCard
                key={service.serviceId}
                service={service}
                tools={tools.get(service.serviceId)}
                onToggle={onToggle}
              />
            ))}
          </ul>
        )}
      </main>
    </>
  );
}
