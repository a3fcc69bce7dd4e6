import type { StatusReply } from '@clarity-runtime/api-contract';
import type { Actions } from '../state/actions.ts';
import type { Loadable } from '../state/loadable.ts';
import { ApprovalsSection, type ApprovalsSectionProps } from './approvals-section.tsx';
import { AuditSection, type AuditSectionProps } from './audit-section.tsx';
import { ClientsSection, type ClientsSectionProps } from './clients-section.tsx';
import { Notice } from './notice.tsx';
import { RuntimeHeader } from './runtime-header.tsx';
import { ServicesSection, type ServicesSectionProps } from './services-section.tsx';

export interface PageProps {
  readonly status: Loadable<StatusReply>;
  readonly acts: Actions;
  readonly services: Pick<ServicesSectionProps, 'details' | 'onToggle'>;
  readonly approvals: ApprovalsSectionProps['known'];
  readonly clients: ClientsSectionProps;
  readonly audit: Omit<AuditSectionProps, 'names'>;
}

/** The whole page. Without a status it has only the header and a notice. */
export function Page({ status, acts, services, approvals, clients, audit }: PageProps) {
  const now = status.value;
  return (
    <>
      <RuntimeHeader status={now} />
      <main>
        <Notice {...status} />
        {now !== undefined && (
          <>
            <ApprovalsSection known={approvals} acts={acts} />
            <ServicesSection status={now} acts={acts} {...services} />
            <ClientsSection {...clients} />
            <AuditSection {...audit} names={new Map(now.services.map((one) => [one.serviceId, one.namespace]))} />
          </>
        )}
      </main>
    </>
  );
}
