import { ModuleRefusal } from '../guard/module-refusal.ts';
import { callFailure } from './call-failure.ts';
import { GuestModule } from './guest-module.ts';
import { loadModule } from './load-module.ts';
import type { CallOrder, GuestCallOutcome, LoadedGuest, WorkerOrder, WorkerReport } from './messages.ts';
import { loadProgram, ProgramGuest } from './program-guest.ts';
import type { ReplyRing } from './reply-ring.ts';

type Post = (report: WorkerReport) => void;

/** Maximum number of modules of one worker that keep their instance. Another instance takes about 0.1 ms. */
const MAX_INSTANCES = 256;
const MOVED: GuestCallOutcome = { type: 'failure', code: 'WASM_BUSY', message: 'the call runs on another worker' };

/** A module or a program in this thread. */
type Guest = Pick<GuestModule, 'assertions' | 'call' | 'dropInstance' | 'instantiate'>;

/**
 * Returns a handler that executes orders in sequence. It does not throw, whatever a module does. Plain replies go
 * through the ring; replies with more data go by message, after the ring.
 */
export function answerOrders(post: Post, ring: ReplyRing): (order: WorkerOrder) => void {
  /** The modules by key, the longest unused first. */
  const guests = new Map<number, Guest>();
  let posts = 0;
  const postLog =
    (key: number) =>
    (lines: readonly string[]): void => {
      posts += 1;
      post({ type: 'log', key, lines });
    };
  const use = (key: number): Guest | undefined => {
    const guest = guests.get(key);
    if (guest === undefined) return undefined;
    guests.delete(key);
    guests.set(key, guest);
    if (guests.size > MAX_INSTANCES) [...guests.values()].at(-1 - MAX_INSTANCES)?.dropInstance();
    return guest;
  };
  const answer = ({ id, key, ...call }: CallOrder): void => {
    const module = ring.serves(key) ? use(key) : undefined;
    if (module === undefined) {
      post({ type: 'reply', id, outcome: MOVED });
      return;
    }
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
      case 'load': {
        const guest = load(order, post, postLog(order.key));
        if (guest !== undefined) guests.set(order.key, guest);
        return;
      }
      case 'adopt':
        guests.set(order.key, openGuest(order.guest, postLog(order.key)));
        return;
      case 'forget':
        guests.delete(order.key);
        return;
      case 'calls':
        // Each reply is sent before the next call begins, so that the host knows which call is running.
        for (const call of order.calls) answer(call);
    }
  };
}

function load(
  order: Extract<WorkerOrder, { type: 'load' }>,
  post: Post,
  postLog: (lines: readonly string[]) => void,
): Guest | undefined {
  try {
    const loaded: LoadedGuest =
      order.program === undefined ? { type: 'module', ...loadModule(order) } : loadProgram(order.program, order.limits);
    post({ type: 'compiled' });
    const guest = openGuest(loaded, postLog);
    guest.instantiate();
    post({ type: 'loaded', guest: loaded });
    return guest;
  } catch (error) {
    post({ type: 'refused', ...refusalOf(error) });
    return undefined;
  }
}

const openGuest = (guest: LoadedGuest, postLog: (lines: readonly string[]) => void): Guest =>
  guest.type === 'module'
    ? new GuestModule(guest.module, guest.plan, postLog)
    : new ProgramGuest(guest.engine, guest.program.state, postLog);

function refusalOf(error: unknown): Omit<Extract<WorkerReport, { type: 'refused' }>, 'type'> {
  if (error instanceof ModuleRefusal) return { code: error.code, reason: error.message };
  const failure = callFailure(error);
  const why = failure.type === 'failure' ? failure.message : '';
  return { code: 'MODULE_INVALID', reason: `it could not be instantiated: ${why}` };
}
