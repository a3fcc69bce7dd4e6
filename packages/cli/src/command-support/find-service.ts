import type { ApiClient } from '../api/api-client.ts';
import type { ServiceSummary } from '@clarity-runtime/api-contract';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import { nearestName } from '../arguments/nearest-name.ts';
import { CliError } from '../support/cli-error.ts';

const ID = /^svc_[a-f0-9]{12}$/;

/** Help text of the argument that names a service. */
export const SERVICE_SUBJECT = 'id or namespace of a service, as `clarityctl list` shows them';

/** Finds a service by namespace, id, or an id that it had before its target changed. */
export async function findService(api: ApiClient, given: ParsedArgs): Promise<ServiceSummary> {
  const { items } = await api.services();
  const named = given.text('service') ?? '';
  const isFormer = ID.test(named) && !items.some(({ serviceId }) => serviceId === named);
  return findNamedService(items, isFormer ? await currentId(api, named) : named);
}

/** Returns the id of today of a service that had an id; the id itself without such a service. */
const currentId = (api: ApiClient, id: string): Promise<string> =>
  api.service(id).then(
    ({ service }) => service.serviceId,
    () => id,
  );

/**
 * Returns the service with this id or namespace.
 * @throws CliError with the nearest name, or with the first names.
 */
export function findNamedService(items: readonly ServiceSummary[], named: string): ServiceSummary {
  const found = items.find((item) => (ID.test(named) ? item.serviceId : item.namespace) === named);
  if (found !== undefined) return found;
  const namespaces = items.map(({ namespace }) => namespace);
  const near = nearestName(named, namespaces);
  const guess = near === undefined ? '' : `, did you mean '${near}'?`;
  throw new CliError(`service '${named}' does not exist${guess}`, {
    code: 'SERVICE_NOT_FOUND',
    hint:
      namespaces.length === 0
        ? 'no service is registered yet: `clarityctl import` takes those of your AI clients, `clarityctl add` adds one'
        : `registered services: ${namespaces.slice(0, 10).join(', ')}${namespaces.length > 10 ? ', …' : ''}`,
  });
}
