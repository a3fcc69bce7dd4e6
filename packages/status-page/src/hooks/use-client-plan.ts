import { useRef, useState } from 'preact/hooks';
import { ClientPlanner, type ClientPlan, type ClientPlanning } from '../state/client-setup-planner.ts';

/** The planned change of a client. `after` is called when a file was written. */
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
    look: (request) => void planner.look(request),
    write: () => void planner.write(),
    close: () => {
      planner.close();
    },
  };
}
