import type { ApiClient } from '../api/api-client.ts';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { usageError } from '../support/cli-error.ts';
import { findService } from '../command-support/find-service.ts';

export const filterFlags: Flags = {
  since: { type: 'text', describe: 'earliest time, such as 2026-01-31 or 2026-01-31T12:00:00Z' },
  until: { type: 'text', describe: 'latest time, exclusive' },
  kind: { type: 'text', describe: 'event kind, such as service.tool_called' },
  service: { type: 'text', describe: 'id or namespace of a service' },
  caller: { type: 'text', describe: 'id of the caller that caused the events' },
  outcome: { type: 'text', describe: 'outcome: ok, error, tool_error or denied' },
};

const ID = /^svc_[a-f0-9]{12}$/;

/** Converts the flags to the query of the API. An unknown id is passed on: removed services have events too. */
export async function auditQuery(given: ParsedArgs, api: ApiClient): Promise<URLSearchParams> {
  const query = new URLSearchParams();
  for (const name of ['kind', 'caller', 'outcome']) {
    const value = given.text(name);
    if (value !== undefined) query.set(name, value);
  }
  for (const name of ['since', 'until']) {
    const value = given.text(name);
    if (value !== undefined) query.set(name, timeOf(name, value));
  }
  const service = given.text('service');
  if (service !== undefined) {
    query.set('service_id', ID.test(service) ? service : (await findService(api, given)).serviceId);
  }
  return query;
}

function timeOf(name: string, text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) {
    throw usageError(`--${name} must be a time, not '${text}'`, 'write 2026-01-31, or 2026-01-31T12:00:00Z');
  }
  return time.toISOString();
}
