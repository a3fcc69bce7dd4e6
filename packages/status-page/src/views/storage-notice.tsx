import type { StatusReply } from '@clarity-runtime/api-contract';

/** A warning when the daemon cannot write to its disk. */
export function StorageNotice({ storage }: { readonly storage: StatusReply['storage'] }) {
  if (storage.state === 'up') return null;
  const isReadOnly = storage.state === 'read-only';
  return (
    <section class="notice card" role="alert">
      <h2>{isReadOnly ? 'Changes are not possible now' : 'Some events are not stored now'}</h2>
      <p>
        {storage.reason ?? 'The runtime cannot write to the disk.'} Calls are served as usual.{' '}
        <strong>Check the disk of the workspace{isReadOnly ? ', then restart the daemon' : ''}.</strong>
      </p>
    </section>
  );
}
