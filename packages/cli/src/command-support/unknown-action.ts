import { nearestName } from '../arguments/nearest-name.ts';
import { usageError, type CliError } from '../support/cli-error.ts';

/** Returns the refusal of a word that is not an action of a command, with the nearest one or with all of them. */
export function unknownAction(command: string, typed: string | undefined, actions: readonly string[]): CliError {
  const near = typed === undefined ? undefined : nearestName(typed, actions);
  const said = typed === undefined ? `${command} needs an action` : `unknown action '${command} ${typed}'`;
  return near === undefined
    ? usageError(said, `actions: ${actions.join(', ')}`)
    : usageError(`${said}, did you mean '${near}'?`, `\`clarityctl ${command} ${near}\``);
}
