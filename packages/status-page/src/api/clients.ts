import { get, part, send, type ApiResult } from './request.ts';

export interface ClientState {
  readonly client: string;
  readonly path: string;
  readonly configured: boolean;
  readonly present: boolean;
  readonly transport?: string;
  readonly problem?: string;
}

/** What became of a client's file, or would. */
export interface ClientChange {
  readonly client: string;
  readonly path: string;
  readonly updated: boolean;
  /** What the person does next. */
  readonly next: string;
  /** The lines of our entry; none when nothing changes. */
  readonly entry?: string;
}

export interface ClientSetupRequest {
  readonly client: string;
  readonly verb: 'connect' | 'remove';
  readonly transport: 'stdio' | 'http';
}

export async function fetchClients(): Promise<ApiResult<readonly ClientState[]>> {
  const answer = await get<{ readonly clients: readonly ClientState[] }>('/api/bootstrap/status');
  return part(answer, ({ clients }) => clients);
}

/** With `dryRun` nothing is written: the answer says what would be. */
export async function changeClient(wish: ClientSetupRequest, dryRun: boolean): Promise<ApiResult<ClientChange>> {
  const common = { clients: [wish.client], dry_run: dryRun };
  const answer = await (wish.verb === 'remove'
    ? send<Results>('DELETE', '/api/bootstrap', common)
    : send<Results>('POST', '/api/bootstrap', { ...common, transport: wish.transport }));
  if (answer.kind !== 'ok') return answer;
  const [change] = answer.value.results;
  return change === undefined ? { kind: 'failed', reason: 'the daemon did nothing' } : { kind: 'ok', value: change };
}

interface Results {
  readonly results: readonly ClientChange[];
}
