import { useState } from 'preact/hooks';
import { doingAfter, type Actions, type RunningAction } from '../state/actions.ts';

/** The actions of the page. `after` is called when an action has ended, also with a failure. */
export function useActions(after: () => void): Actions {
  const [doing, setDoing] = useState<ReadonlyMap<string, RunningAction>>(new Map());

  const set = (key: string, now: RunningAction | undefined): void => {
    setDoing((before) => {
      const next = new Map(before);
      if (now === undefined) next.delete(key);
      else next.set(key, now);
      return next;
    });
  };

  return {
    doing,
    act: (key, work) => {
      set(key, { state: 'busy' });
      void work().then((answer) => {
        set(key, doingAfter(answer));
        after();
      });
    },
  };
}
