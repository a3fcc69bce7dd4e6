import type { ServiceDetailsReply, ServiceSummary, StatusReply } from '@clarity-runtime/api-contract';
import { useEffect, useState } from 'preact/hooks';
import { fetchDetails } from '../api/services.ts';
import { withResult, type Loadable } from '../state/loadable.ts';

export type DetailsById = ReadonlyMap<string, Loadable<ServiceDetailsReply>>;

/** The details of the services that are open. They are loaded again with every new status. */
export function useDetails(status: StatusReply | undefined) {
  const [details, setDetails] = useState<DetailsById>(new Map());

  const load = async (serviceId: string): Promise<void> => {
    const answer = await fetchDetails(serviceId);
    setDetails((before) => {
      const known = before.get(serviceId);
      // The service was closed during the request.
      return known === undefined ? before : new Map(before).set(serviceId, withResult(known, answer, new Date()));
    });
  };

  useEffect(() => {
    const there = new Set(status?.services.map(({ serviceId }) => serviceId));
    for (const serviceId of details.keys()) if (there.has(serviceId)) void load(serviceId);
  }, [status]);

  const onToggle = ({ serviceId }: ServiceSummary, open: boolean): void => {
    setDetails((before) => {
      const next = new Map(before);
      if (open) next.set(serviceId, before.get(serviceId) ?? {});
      else next.delete(serviceId);
      return next;
    });
    if (open) void load(serviceId);
  };
  return { details, onToggle };
}
