import type { Command } from '../command-support/command.ts';
import { usageError, ExitCode } from '../support/cli-error.ts';
import { escapeForTerminal } from '../terminal/escape.ts';
import { candidates } from '../command-support/completion-candidates.ts';

/** Prints a script that completes commands, flags and the names of services and tools in a shell. */
export const completion: Command = {
  syntax: 'completion <shell>',
  describe: 'print a script that completes commands, flags, services and tools: bash, zsh or fish',
  subject: 'bash, zsh or fish',
  run: (given, { output }) => {
    const shell = given.text('shell') ?? '';
    const script = Object.hasOwn(scripts, shell) ? scripts[shell as keyof typeof scripts] : undefined;
    if (script === undefined) throw usageError(`unknown shell '${shell}'`, 'use bash, zsh or fish');
    for (const line of script) output.line(line);
    return Promise.resolve(ExitCode.done);
  },
};

/** Completes the last word for the scripts: one candidate a line, with a tab before its description. */
export const complete = (commands: readonly Command[]): Command => ({
  syntax: '__complete [words..]',
  describe: 'complete the last word',
  hidden: true,
  rest: 'the words of the command line without the program; the last one is completed and may be empty',
  run: async (given, session) => {
    const words = [...given.list('words'), ...given.rest];
    for (const { text, describe } of await candidates(commands, words, session)) {
      const cells = [text, ...(describe === undefined ? [] : [describe])];
      session.output.text(cells.map(escapeForTerminal).join('\t'));
    }
    return ExitCode.done;
  },
});

const PROGRAMS = ['clarityctl', 'clarity-runtime'];

/**
 * Each shell asks the program of the line itself, so that a full path works too. Names come from services: no script expands
 * them (`compgen -W` would).
 */
const scripts: Readonly<Record<'bash' | 'zsh' | 'fish', readonly string[]>> = {
  bash: [
    '_clarityctl() {',
    '  local name rest',
    '  COMPREPLY=()',
    String.raw`  while IFS=$'\t' read -r name rest; do COMPREPLY+=("$(printf %q "$name")")`,
    '  done < <("${COMP_WORDS[0]}" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)',
    '}',
    `complete -o default -o nospace -F _clarityctl ${PROGRAMS.join(' ')}`,
  ],
  zsh: [
    `#compdef ${PROGRAMS.join(' ')}`,
    '_clarityctl() {',
    '  local -a found',
    '  found=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null | cut -f1)}")',
    '  compadd -a found || _files',
    '}',
    `compdef _clarityctl ${PROGRAMS.join(' ')}`,
  ],
  fish: PROGRAMS.map(
    (program) =>
      `complete -c ${program} -a '(set -l words (commandline -opc); ${program} __complete -- $words[2..-1] (commandline -ct) 2>/dev/null)'`,
  ),
};
