import { usageError, ExitCode } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';

/** Prints a script that completes the names of commands and their flags in a shell. */
export const completion = (commands: readonly Command[]): Command => ({
  syntax: 'completion <shell>',
  describe: 'print a script that completes commands and flags: bash, zsh or fish',
  subject: 'bash, zsh or fish',
  run: (given, { output }) => {
    const shell = given.text('shell') ?? '';
    const script = Object.hasOwn(scripts, shell) ? scripts[shell as keyof typeof scripts] : undefined;
    if (script === undefined) throw usageError(`unknown shell '${shell}'`, 'use bash, zsh or fish');
    for (const line of script(commands)) output.line(line);
    return Promise.resolve(ExitCode.done);
  },
});

const scripts = {
  bash: bashScript,
  zsh: (commands: readonly Command[]) => ['autoload -U +X bashcompinit && bashcompinit', ...bashScript(commands)],
  fish: fishScript,
};

const nameOf = ({ syntax }: Command): string => syntax.split(' ', 1)[0] ?? '';
const flagsOf = ({ flags = {} }: Command): readonly string[] =>
  Object.entries(flags).flatMap(([name, { hidden }]) => (hidden === true ? [] : [`--${name}`]));

/** Names of commands and flags contain no characters that are special in a shell. */
function bashScript(commands: readonly Command[]): readonly string[] {
  return [
    '_clarityctl() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" words',
    '  case "${COMP_WORDS[1]}" in',
    ...commands.map((command) => `    ${nameOf(command)}) words="${[...flagsOf(command), '--json'].join(' ')}" ;;`),
    '  esac',
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${commands.map(nameOf).join(' ')}"; fi`,
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -o default -F _clarityctl clarityctl',
  ];
}

function fishScript(commands: readonly Command[]): readonly string[] {
  return commands.flatMap((command) => {
    const name = nameOf(command);
    const describe = command.describe.replaceAll(/['\\]/g, '');
    return [
      `complete -c clarityctl -n __fish_use_subcommand -a ${name} -d '${describe}'`,
      ...flagsOf(command).map(
        (flag) => `complete -c clarityctl -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}`,
      ),
    ];
  });
}
