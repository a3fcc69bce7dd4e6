import type { StatusReply } from '@clarity-runtime/api-contract';
import type { Loadable } from '../state/loadable.ts';
import { SignIn } from './sign-in.tsx';
import { StorageNotice } from './storage-notice.tsx';

/** The reason why the page has no current status, or a warning of the runtime. */
export function Notice({ last, at }: Loadable<StatusReply>) {
  if (last === undefined) return <p role="status">Loading the status…</p>;
  if (last.kind === 'refused') return <SignIn />;
  if (last.kind === 'ok') return <StorageNotice storage={last.value.storage} />;
  return (
    <section class="notice card" role="alert">
      <h2>The daemon does not respond</h2>
      <p>{last.reason}</p>
      <p>{at === undefined ? 'Trying again…' : `Below is the state at ${at.toLocaleTimeString()}. Trying again…`}</p>
    </section>
  );
}
