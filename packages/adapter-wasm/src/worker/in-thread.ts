import { GuestModule } from './guest-module.ts';
import { loadModule, type LoadRequest } from './load-module.ts';
import type { GuestCallOutcome } from './messages.ts';

export interface InThreadRequest extends Pick<LoadRequest, 'wasm' | 'document' | 'limits'> {
  /** Lines that the module logs. */
  onLog(line: string): void;
}

export interface InThreadModule {
  /** `args` is JSON text; no state leaks from one call to the next. */
  call(name: string, args: string): GuestCallOutcome;
}

/** Runs a module in the thread of its caller, for tools and tests: a function without an end holds that thread up. */
export function openInThread(request: InThreadRequest): InThreadModule {
  const { module, plan } = loadModule(request);
  const guest = new GuestModule(module, plan, (lines) => {
    for (const line of lines) request.onLog(line);
  });
  guest.instantiate();
  return { call: (name, args) => guest.call({ name, args, deadlineMs: Infinity }) };
}
