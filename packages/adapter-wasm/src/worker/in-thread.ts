import { GuestModule } from './guest-module.ts';
import { loadModule, type LoadRequest } from './load-module.ts';
import type { GuestCallOutcome } from './messages.ts';

/** The module of `openInThread` and its limits. */
export interface InThreadRequest extends Pick<LoadRequest, 'wasm' | 'document' | 'limits'> {
  /** Receives the log lines of the module. */
  onLog(line: string): void;
}

/** A module that runs in the thread of its caller. */
export interface InThreadModule {
  /** Calls a function with `args` as JSON text. Calls share no state. */
  call(name: string, args: string): GuestCallOutcome;
}

/** Runs a module in the thread of its caller, for tools and tests. A function that does not end blocks that thread. */
export function openInThread(request: InThreadRequest): InThreadModule {
  const { module, plan } = loadModule(request);
  const guest = new GuestModule(module, plan, (lines) => {
    for (const line of lines) request.onLog(line);
  });
  guest.instantiate();
  return { call: (name, args) => guest.call({ name, args, deadlineMs: Infinity }) };
}
