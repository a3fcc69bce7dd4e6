import type { ApiResult } from '../api/request.ts';
import type { Actions } from '../state/actions.ts';

export interface ActButtonProps {
  readonly label: string;
  /** Says on what, for those who do not see the page. */
  readonly of: string;
  readonly name: string;
  readonly acts: Actions;
  readonly work: () => Promise<ApiResult<unknown>>;
}

/** A button that does something at the daemon and rests while it does. */
export function ActButton({ label, of, name, acts, work }: ActButtonProps) {
  const isBusy = acts.doing.get(name)?.state === 'busy';
  return (
    <button
      type="button"
      disabled={isBusy}
      aria-label={`${label} ${of}`}
      onClick={() => {
        acts.act(name, work);
      }}
    >
      {isBusy ? `${label}…` : label}
    </button>
  );
}

/** Why the last of some acts failed; nothing when none did. */
export function ActFailure({ names, acts }: { readonly names: readonly string[]; readonly acts: Actions }) {
  const failed = names.map((name) => acts.doing.get(name)).find((doing) => doing?.state === 'failed');
  if (failed?.state !== 'failed') return null;
  return (
    <p class="error" role="alert">
      That did not work: {failed.reason}
    </p>
  );
}
