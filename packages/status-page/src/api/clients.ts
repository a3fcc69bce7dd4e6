import type { ClientResultReply, ClientStateReply } from '@clarity-runtime/api-contract';
import { get, part, send, type ApiResult } from './request.ts';

export interface ClientSetupRequest {
  readonly client: string;
  readonly verb: 'connect' | 'remove';
  readonly transport: 'stdio' | 'http';
}

export async function fetchClients(): Promise<ApiResult<readonly ClientStateReply[]>> {
  const result = await get<{ readonly clients: readonly ClientStateReply[] }>('/api/bootstrap/status');
  return part(result, ({ clients }) => clients);
}

/** Changes the configuration of a client. With `dryRun` the daemon returns the change and writes nothing. */
export async function changeClient(
  { client, verb, transport }: ClientSetupRequest,
  dryRun: boolean,
): Promise<ApiResult<ClientResultReply>> {
  const common = { clients: [client], dry_run: dryRun };
  const result = await (verb === 'remove'
    ? send<ClientResults>('DELETE', '/api/bootstrap', common)
    : send<ClientResults>('POST', '/api/bootstrap', { ...common, transport }));
  if (result.kind !== 'ok') return result;
  const [change] = result.value.results;
  return change === undefined
    ? { kind: 'failed', reason: 'the daemon returned no result' }
    : { kind: 'ok', value: change };
}

interface ClientResults {
  readonly results: readonly ClientResultReply[];
}
