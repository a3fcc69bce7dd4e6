import type { StatusReply } from '@clarity-runtime/api-contract';

/** A warning when the daemon cannot write to its disk. */
export function StorageNotice({ storage }: { readonly storage: StatusReply['storage'] }) {
  if (storage.state === 'up') return null;
  const isReadOnly = storage.state === 'read-only';
  return (
    <section class="notice card" role="alert">
      <h2>{isReadOnly ? 'Nothing can be changed now' : 'Not everything is written down now'}</h2>
      <p>
        {storage.reason ?? 'The disk does not take what the runtime writes.'} Calls are served all the same.{' '}
        <strong>Look at the disk of the workspace{isReadOnly ? ', then restart the daemon' : ''}.</strong>
      </p>
    </section>
  );
}
