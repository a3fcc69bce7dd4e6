import type { ApiResult } from '../api/request.ts';
import type { Actions } from '../state/actions.ts';

export interface ActButtonProps {
  readonly label: string;
  /** The object of the action, for screen readers. */
  readonly of: string;
  readonly name: string;
  readonly acts: Actions;
  readonly work: () => Promise<ApiResult<unknown>>;
}

/** A button that runs an action of the daemon. It is disabled while the action runs. */
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

/** The reason why an action failed. Empty without a failure. */
export function ActFailure({ names, acts }: { readonly names: readonly string[]; readonly acts: Actions }) {
  const failed = names.map((name) => acts.doing.get(name)).find((doing) => doing?.state === 'failed');
  if (failed?.state !== 'failed') return null;
  return (
    <p class="error" role="alert">
      Failed: {failed.reason}
    </p>
  );
}
