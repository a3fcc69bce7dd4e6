import type { ClientResultReply } from '@clarity-runtime/api-contract';
import type { ApiResult } from '../api/request.ts';
import { changeClient, type ClientSetupRequest } from '../api/clients.ts';

/** A change of the configuration of one client, from the dry run to the result. */
export interface ClientPlan {
  readonly request: ClientSetupRequest;
  /** `looking`: a dry run, which writes nothing. */
  readonly step: 'looking' | 'writing' | 'done';
  readonly answer?: ApiResult<ClientResultReply>;
}

export interface ClientPlanning {
  readonly plan: ClientPlan | undefined;
  readonly look: (request: ClientSetupRequest) => void;
  readonly write: () => void;
  readonly close: () => void;
}

/** Requests a dry run before every change. `show` gets each step; `after` is called when a file may have been written. */
export class ClientPlanner {
  #plan: ClientPlan | undefined;
  readonly #show: (plan: ClientPlan | undefined) => void;
  readonly #after: () => void;

  constructor(show: (plan: ClientPlan | undefined) => void, after: () => void) {
    this.#show = show;
    this.#after = after;
  }

  async look(request: ClientSetupRequest): Promise<void> {
    const plan = { request, step: 'looking' } as const;
    this.#set(plan);
    const answer = await changeClient(request, true);
    // Another dry run may have started during the request.
    if (this.#plan === plan) this.#set({ ...plan, answer });
  }

  /** Writes the change whose dry run succeeded; otherwise does nothing. */
  async write(): Promise<void> {
    const { request, step, answer } = this.#plan ?? {};
    if (request === undefined || step !== 'looking' || answer?.kind !== 'ok') return;
    const plan = { request, step: 'writing' } as const;
    this.#set(plan);
    const done = await changeClient(request, false);
    if (this.#plan === plan) this.#set({ request, step: 'done', answer: done });
    this.#after();
  }

  close(): void {
    this.#set(undefined);
  }

  #set(plan: ClientPlan | undefined): void {
    this.#plan = plan;
    this.#show(plan);
  }
}
