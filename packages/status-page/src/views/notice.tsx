import type { PageState } from '../page-state.ts';
import { SignIn } from './sign-in.tsx';

/** What stands between the reader and a fresh answer; nothing when there is one. */
export function Notice({ last, at }: PageState) {
  if (last === undefined) return <p role="status">Asking the daemon…</p>;
  if (last.kind === 'refused') return <SignIn />;
  if (last.kind === 'ok') return null;
  return (
    <section class="notice" role="alert">
      <h2>The daemon does not answer as it should</h2>
      <p>{last.reason}</p>
      <p>
        {at === undefined ? 'Trying again…' : `Shown below: as it was at ${at.toLocaleTimeString()}. Trying again…`}
      </p>
    </section>
  );
}
