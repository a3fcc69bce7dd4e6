import type { StatusReply } from '@clarity-runtime/api-contract';
import type { Loadable } from '../state/loadable.ts';
import { SignIn } from './sign-in.tsx';
import { StorageNotice } from './storage-notice.tsx';

/** What stands between the reader and a fresh answer, and what the runtime itself is in trouble with. */
export function Notice({ last, at }: Loadable<StatusReply>) {
  if (last === undefined) return <p role="status">Asking the daemon…</p>;
  if (last.kind === 'refused') return <SignIn />;
  if (last.kind === 'ok') return <StorageNotice storage={last.value.storage} />;
  return (
    <section class="notice card" role="alert">
      <h2>The daemon does not answer as it should</h2>
      <p>{last.reason}</p>
      <p>
        {at === undefined ? 'Trying again…' : `Shown below: as it was at ${at.toLocaleTimeString()}. Trying again…`}
      </p>
    </section>
  );
}
