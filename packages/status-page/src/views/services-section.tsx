import type { ServiceSummary, StatusReply } from '@clarity-runtime/api-contract';
import type { Actions } from '../state/actions.ts';
import type { DetailsById } from '../hooks/use-details.ts';
import { EmptyState } from './empty-state.tsx';
import { ServiceCard } from './service-card.tsx';

export interface ServicesSectionProps {
  readonly status: StatusReply;
  /** Details of the opened services by id. */
  readonly details: DetailsById;
  readonly acts: Actions;
  readonly onToggle: (service: ServiceSummary, open: boolean) => void;
}

export function ServicesSection({ status: { services }, details, acts, onToggle }: ServicesSectionProps) {
  if (services.length === 0) return <EmptyState />;
  return (
    <section aria-labelledby="services">
      <h2 id="services">Services</h2>
      <ul class="cards" role="list">
        {services.map((service) => (
          <ServiceCard
            key={service.serviceId}
            service={service}
            details={details.get(service.serviceId)}
            acts={acts}
            onToggle={onToggle}
          />
        ))}
      </ul>
    </section>
  );
}
