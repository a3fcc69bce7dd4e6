import { useRef, useState } from 'preact/hooks';
import { ClientPlanner, type ClientPlan, type ClientPlanning } from '../state/client-setup-planner.ts';

/** Every change is looked at first; `after` is called when a file was written. */
export function useClientPlan(after: () => void): ClientPlanning {
  const [plan, setPlan] = useState<ClientPlan>();
  const newest = useRef(after);
  newest.current = after;
  const [planner] = useState(
    () =>
      new ClientPlanner(setPlan, () => {
        newest.current();
      }),
  );
  return {
    plan,
    look: (wish) => void planner.look(wish),
    write: () => void planner.write(),
    close: () => {
      planner.close();
    },
  };
}
