import { ModuleRefusal } from '../guard/module-refusal.ts';
import { callFailure } from './call-failure.ts';
import { GuestModule } from './guest-module.ts';
import { loadModule } from './load-module.ts';
import type { CallOutcome, WorkerOrder, WorkerReport } from './messages.ts';

type Post = (report: WorkerReport) => void;

/** Answers orders in the order in which they come. Nothing that a module does makes it throw. */
export function answerOrders(post: Post): (order: WorkerOrder) => void {
  let guest: GuestModule | undefined;
  const postLog = (lines: readonly string[]): void => {
    post({ type: 'log', lines });
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
        // Each reply leaves before the next call begins, so that the other side knows which call is running.
        for (const { id, ...call } of order.calls) {
          if (guest !== undefined) post(reply(guest, id, guest.call(call)));
        }
    }
  };
}

function reply({ assertions }: GuestModule, id: number, outcome: CallOutcome): WorkerReport {
  return assertions === undefined ? { type: 'reply', id, outcome } : { type: 'reply', id, outcome, assertions };
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
