import { StoreError } from '../domain/errors/store-error.ts';

export type Fault = 'none' | 'delay' | 'unavailable' | 'indeterminate-applied' | 'indeterminate-lost' | 'reset';

/** Runs `work` with a fault. `reset` applies to watches only. */
export async function meetFault<T>(fault: Fault, work: () => Promise<T>): Promise<T> {
  switch (fault) {
    case 'unavailable':
      throw new StoreError('unavailable', 'injected: the store cannot be reached');
    case 'indeterminate-lost':
      throw new StoreError('indeterminate', 'injected: no answer, not applied');
    case 'indeterminate-applied':
      await work();
      throw new StoreError('indeterminate', 'injected: no answer, applied');
    case 'delay':
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      return work();
    case 'none':
    case 'reset':
      return work();
  }
}
