import type { StatusReply } from '@clarity-runtime/api-contract';
import { duration, plural } from '../format/format.ts';

export function RuntimeHeader({ status }: { readonly status: StatusReply | undefined }) {
  return (
    <header class="masthead">
      <h1>Clarity Runtime</h1>
      {status && (
        <>
          <p class="counts">{countsOf(status)}</p>
          <p class="about">
            version {status.runtime.version}, process {status.runtime.pid}, up {duration(status.runtime.uptimeSeconds)}
          </p>
        </>
      )}
    </header>
  );
}

function countsOf({ summary: { total, running, degraded, quarantined } }: StatusReply): string {
  const counts = [plural(total, 'service'), `${String(running)} running`];
  if (degraded > 0) counts.push(`${String(degraded)} degraded`);
  if (quarantined > 0) counts.push(`${String(quarantined)} quarantined`);
  return counts.join(' · ');
}
