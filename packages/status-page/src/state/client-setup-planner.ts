import type { ClientResultReply } from '@clarity-runtime/api-contract';
import type { ApiResult } from '../api/request.ts';
import { changeClient, type ClientSetupRequest } from '../api/clients.ts';

/** A change of one client's file, from the look at it to what was done. */
export interface ClientPlan {
  readonly wish: ClientSetupRequest;
  /** `looking`: nothing is written. */
  readonly step: 'looking' | 'writing' | 'done';
  readonly answer?: ApiResult<ClientResultReply>;
}

export interface ClientPlanning {
  readonly plan: ClientPlan | undefined;
  readonly look: (wish: ClientSetupRequest) => void;
  readonly write: () => void;
  readonly close: () => void;
}

/** Looks at every change before it is written. `show` is told each step, `after` that a file may have been written. */
export class ClientPlanner {
  #plan: ClientPlan | undefined;
  readonly #show: (plan: ClientPlan | undefined) => void;
  readonly #after: () => void;

  constructor(show: (plan: ClientPlan | undefined) => void, after: () => void) {
    this.#show = show;
    this.#after = after;
  }

  async look(wish: ClientSetupRequest): Promise<void> {
    const plan = { wish, step: 'looking' } as const;
    this.#set(plan);
    const answer = await changeClient(wish, true);
    // Somebody may have looked elsewhere meanwhile.
    if (this.#plan === plan) this.#set({ ...plan, answer });
  }

  /** Only what was looked at, and would change something. */
  async write(): Promise<void> {
    const { wish, step, answer } = this.#plan ?? {};
    if (wish === undefined || step !== 'looking' || answer?.kind !== 'ok') return;
    const plan = { wish, step: 'writing' } as const;
    this.#set(plan);
    const done = await changeClient(wish, false);
    if (this.#plan === plan) this.#set({ wish, step: 'done', answer: done });
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
