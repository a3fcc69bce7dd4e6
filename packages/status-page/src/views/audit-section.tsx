import type { AuditEventReply } from '@clarity-runtime/api-contract';
import type { Loadable } from '../state/loadable.ts';
import { Timeline } from './timeline.tsx';

export interface AuditSectionProps {
  readonly known: Loadable<readonly AuditEventReply[]>;
  readonly names: ReadonlyMap<string, string>;
  readonly onlyTrouble: boolean;
  readonly onFilter: (onlyTrouble: boolean) => void;
}

/** The audit log as a timeline, newest first. */
export function AuditSection({ known: { value, last }, names, onlyTrouble, onFilter }: AuditSectionProps) {
  return (
    <section aria-labelledby="audit">
      <h2 id="audit">Audit log</h2>
      <label class="choice">
        <input
          type="checkbox"
          checked={onlyTrouble}
          onChange={(event) => {
            onFilter(event.currentTarget.checked);
          }}
        />
        Warnings and errors only
      </label>
      {last?.kind === 'failed' && <p role="alert">{last.reason}</p>}
      {value === undefined && last === undefined && <p role="status">Loading…</p>}
      {value?.length === 0 && <p>{onlyTrouble ? 'No warnings or errors.' : 'No events yet.'}</p>}
      {value !== undefined && value.length > 0 && (
        <div class="card">
          <Timeline events={value} names={names} />
        </div>
      )}
    </section>
  );
}
