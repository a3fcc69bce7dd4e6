import { ModuleRefusal } from '../guard/module-refusal.ts';
import { callFailure } from './call-failure.ts';
import { GuestModule } from './guest-module.ts';
import { loadModule } from './load-module.ts';
import type { CallOrder, WorkerOrder, WorkerReport } from './messages.ts';
import type { ReplyRing } from './reply-ring.ts';

type Post = (report: WorkerReport) => void;

/**
 * Returns a handler that executes orders in sequence. It does not throw, whatever a module does. Plain replies go
 * through the ring; replies with more data go by message, after the ring.
 */
export function answerOrders(post: Post, ring: ReplyRing): (order: WorkerOrder) => void {
  let guest: GuestModule | undefined;
  let posts = 0;
  const postLog = (lines: readonly string[]): void => {
    posts += 1;
    post({ type: 'log', lines });
  };
  const answer = (module: GuestModule, { id, ...call }: CallOrder): void => {
    const before = posts;
    const outcome = module.call(call);
    const { assertions } = module;
    if (assertions !== undefined) post({ type: 'reply', id, outcome, assertions });
    else if (posts > before || outcome.type === 'failure') post({ type: 'reply', id, outcome });
    else {
      const written = ring.write({ id, kind: outcome.type, json: outcome.json });
      if (written === 'call') post({ type: 'replies' });
      if (written === 'refused') post({ type: 'reply', id, outcome });
    }
  };
  return (order) => {
    switch (order.type) {
      case 'load':
        guest = load(order, post, postLog);
        return;
      case 'adopt':
        guest = new GuestModule(order.module, order.plan, postLog);
        return;
      case 'calls':
        // Each reply is sent before the next call begins, so that the host knows which call is running.
        for (const call of order.calls) if (guest !== undefined) answer(guest, call);
    }
  };
}

function load(
  order: Extract<WorkerOrder, { type: 'load' }>,
  post: Post,
  postLog: (lines: readonly string[]) => void,
): GuestModule | undefined {
  try {
    const { module, plan } = loadModule(order);
    const guest = new GuestModule(module, plan, postLog);
    guest.instantiate();
    post({ type: 'loaded', module, plan });
    return guest;
  } catch (error) {
    post({ type: 'refused', ...refusalOf(error) });
    return undefined;
  }
}

function refusalOf(error: unknown): Omit<Extract<WorkerReport, { type: 'refused' }>, 'type'> {
  if (error instanceof ModuleRefusal) return { code: error.code, reason: error.message };
  const failure = callFailure(error);
  const why = failure.type === 'failure' ? failure.message : '';
  return { code: 'MODULE_INVALID', reason: `it could not be instantiated: ${why}` };
}
