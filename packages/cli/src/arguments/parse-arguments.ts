import yargs, { type Argv, type Options } from 'yargs';
import { usageError } from '../support/cli-error.ts';
import { nearestName } from './nearest-name.ts';
import {
  ParsedArgs,
  type CommandGrammar,
  type Flag,
  type Flags,
  type Grammar,
  type GuideGroup,
} from './command-grammar.ts';

export type Parsed<Command> =
  | { readonly type: 'command'; readonly command: Command; readonly given: ParsedArgs }
  /** The help or the version to print. */
  | { readonly type: 'text'; readonly text: string };

/** Parses a command line by the grammar. Throws a `CliError` with exit code 2 when a word does not fit. */
export function parseArguments<Command extends CommandGrammar>(
  grammar: Grammar<Command>,
  argv: readonly string[],
): Parsed<Command> {
  let chosen: Parsed<Command> | undefined;
  const parser = configured(grammar);
  const { words, rest } = divided(grammar, helpWords(grammar, argv));
  for (const command of grammar.commands) {
    const build = (own: Argv): Argv => describeCommand(own, command, grammar);
    const choose = (values: Readonly<Record<string, unknown>>): void => {
      chosen = { type: 'command', command, given: new ParsedArgs(withDashes(values), rest) };
    };
    const forms = [command.syntax, ...(command.aliases ?? [])];
    if (command.hidden === true || grammar.guide !== undefined) parser.command(forms, false, build, choose);
    else parser.command(forms, command.describe, build, choose);
  }
  let text = '';
  let failure: Error | null | undefined;
  void parser.parse(words.map(withoutDash), {}, (error: Error | null | undefined, _values: unknown, output) => {
    failure = error;
    text = output;
  });
  if (failure instanceof Error) {
    const isShown = NAMES_FLAGS_ONLY.test(failure.message) || !mayHaveSecret(grammar, argv);
    throw isShown ? refusal(grammar, argv, failure.message.replaceAll(DASH, '-')) : unshown(grammar);
  }
  return chosen ?? { type: 'text', text: withGroups(grammar, text) };
}

const USAGE = '$0 <command>';

/** Puts the groups below the usage of the help of the program. yargs would trim the lines of a usage. */
function withGroups({ name, guide }: Grammar<CommandGrammar>, text: string): string {
  const usage = USAGE.replace('$0', name);
  if (guide === undefined || !text.startsWith(`${usage}\n`)) return text;
  return `${groupedHelp(name, guide)}${text.slice(usage.length)}`;
}

/** `help list` is `list --help`. */
function helpWords({ commands }: Grammar<CommandGrammar>, argv: readonly string[]): readonly string[] {
  if (argv[0] !== 'help' || commands.some(({ syntax }) => nameOf(syntax) === 'help')) return argv;
  return [...argv.slice(1), '--help'];
}

function configured({ name, version, flags, epilogue = '', guide }: Grammar<CommandGrammar>): Argv {
  const parser = yargs([]);
  if (guide !== undefined) parser.usage(USAGE);
  return parser
    .scriptName(name)
    .locale('en')
    .exitProcess(false)
    .strict()
    .recommendCommands()
    .demandCommand(0)
    .version(version)
    .help()
    .alias('help', 'h')
    .showHelpOnFail(false)
    .options(optionsOf(flags))
    .epilogue(epilogue)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    });
}

function describeCommand(parser: Argv, command: CommandGrammar, grammar: Grammar<CommandGrammar>): Argv {
  const { syntax, describe, subject = '', flags = {}, rest, aliases = [] } = command;
  const { guide } = grammar;
  const positional = /[<[](\w+)[>\]]/.exec(syntax)?.[1];
  const parts = [...(rest === undefined ? [] : [`After --: ${rest}`]), ...examplesOf(guide, nameOf(syntax))];
  const described = parser.options(optionsOf(flags)).epilogue(parts.join('\n\n'));
  if (guide !== undefined && command.hidden !== true) {
    const also = aliases.length === 0 ? '' : ` (also: ${aliases.join(', ')})`;
    described
      .usage(`$0 ${syntax}\n\n${describe}${also}`)
      .group(Object.keys(flags), 'Options:')
      .group([...Object.keys(grammar.flags), 'help', 'version'], 'Options of every command:');
  }
  return positional === undefined ? described : described.positional(positional, { type: 'string', describe: subject });
}

const optionsOf = (flags: Flags): Record<string, Options> =>
  Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, optionOf(flag)]));

const optionOf = ({ type, describe, alias, fallbackText, hidden }: Flag): Options => ({
  describe,
  ...(type === 'switch' ? { type: 'boolean' } : { type: 'string', requiresArg: true }),
  ...(alias === undefined ? {} : { alias }),
  ...(fallbackText === undefined ? {} : { defaultDescription: fallbackText }),
  ...(hidden === true ? { hidden } : {}),
});

/** Splits the words at `--` for a command that declares `rest`. */
function divided(
  grammar: Grammar<CommandGrammar>,
  argv: readonly string[],
): { readonly words: readonly string[]; readonly rest: readonly string[] } {
  const { commands } = grammar;
  const end = argv.indexOf('--');
  const before = argv.slice(0, end);
  const taking = commands.filter(({ rest }) => rest !== undefined).map(({ syntax }) => syntax.split(' ', 1)[0]);
  if (end < 0 || !taking.some((name) => name !== undefined && before.includes(name))) {
    return { words: plainPositionals(grammar, argv), rest: [] };
  }
  return { words: before, rest: argv.slice(end + 1) };
}

/** Replaces a lone `-`, which yargs drops. No argument of a process can contain this character. */
const DASH = '\0';

const withoutDash = (word: string): string => (word === '-' ? DASH : word);

const withDashes = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((one: unknown) => (one === DASH ? '-' : one)) : value === DASH ? '-' : value,
    ]),
  );

/** Refuses words after `--` that start with a dash: yargs would read them as flags. */
function plainPositionals(grammar: Grammar<CommandGrammar>, argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  if (end < 0) return argv;
  const rest = argv.slice(end + 1);
  const flagLike = rest.find((text) => text.startsWith('-'));
  if (flagLike !== undefined && mayHaveSecret(grammar, argv)) throw unshown(grammar);
  if (flagLike !== undefined) throw usageError(`'${flagLike}' begins with a dash`, `write it as './${flagLike}'`);
  return [...argv.slice(0, end), ...rest];
}

/** Errors of yargs that repeat names of declared flags, and no other word. */
const NAMES_FLAGS_ONLY = /^Not enough (?:non-option )?arguments/;

/**
 * Returns whether an error could repeat a secret: a word after `secretsAfter`, or the value of a secret flag that begins with a
 * dash, whose letters the parser reports as flags.
 */
function mayHaveSecret({ flags, commands }: Grammar<CommandGrammar>, argv: readonly string[]): boolean {
  const tables = [flags, ...commands.map((command) => command.flags ?? {})];
  const names = tables.flatMap((table) =>
    Object.entries(table).flatMap(([name, { secret, alias }]) =>
      secret === true ? [`--${name}`, ...(alias === undefined ? [] : [`-${alias}`])] : [],
    ),
  );
  const secretFlags = new Set(names);
  return (
    argv.some((word, at) => secretFlags.has(word) && argv[at + 1]?.startsWith('-') === true) ||
    commands.some(({ secretsAfter }) => secretsAfter !== undefined && argv.includes(secretsAfter))
  );
}

const unshown = ({ name }: Grammar<CommandGrammar>): Error =>
  usageError(
    'a word of the command line does not fit; it is not shown, because it may be a secret',
    `see \`${name} --help\`; write the value of a flag that begins with a dash as --flag=VALUE, and pipe a secret in with -`,
  );

/** Returns what is wrong with a command line, and the words that repair it. */
function refusal(grammar: Grammar<CommandGrammar>, argv: readonly string[], message: string): Error {
  const { name, commands, flags } = grammar;
  const [said = ''] = message.split('\n');
  const named = commands.find(({ syntax, aliases = [] }) =>
    [nameOf(syntax), ...aliases].some((word) => argv.includes(word)),
  );
  const command = named ?? commands.find(({ syntax }) => nameOf(syntax) === '$0');
  const help = `see \`${name} ${named === undefined ? '' : `${nameOf(named.syntax)} `}--help\``;
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/.exec(said)?.[1]?.split(', ')[0];
  if (unknown === undefined) return usageError(lowerFirst(said), help);
  const option = argv.find((word) => word.startsWith('-') && isOption(word, unknown));
  const program = command?.rest === undefined ? undefined : programLine(grammar, command, argv);
  if (option !== undefined) {
    const own = Object.keys({ ...flags, ...command?.flags }).filter((flag) => command?.flags?.[flag]?.hidden !== true);
    const near = nearestName(unknown, own);
    const guess = near === undefined ? '' : `, did you mean '--${near}'?`;
    return usageError(`unknown option '${option.split('=', 1)[0] ?? ''}'${guess}`, program ?? help);
  }
  if (command !== undefined) return usageError(`unexpected argument '${unknown}'`, program ?? help);
  const visible = commands.filter(({ hidden }) => hidden !== true).map(({ syntax }) => nameOf(syntax));
  const near = nearestName(unknown, visible);
  if (near === undefined) return usageError(`unknown command '${unknown}'`, help);
  return usageError(`unknown command '${unknown}', did you mean '${near}'?`, `\`${name} ${near}\``);
}

const nameOf = (syntax: string): string => syntax.split(' ', 1)[0] ?? '';

/** A word such as `-xyz` is reported by its letters. */
const isOption = (word: string, unknown: string): boolean => {
  const bare = word.replace(/^--?/, '').split('=', 1)[0] ?? '';
  return bare === unknown || (!word.startsWith('--') && bare.includes(unknown));
};

/**
 * Returns the hint for a program that is not behind two dashes, as `add github npx -y pkg`. Its arguments are not repeated, because
 * one of them may be a secret.
 */
function programLine(
  { name }: Grammar<CommandGrammar>,
  { syntax }: CommandGrammar,
  argv: readonly string[],
): string | undefined {
  const own = argv.slice(argv.indexOf(nameOf(syntax)) + 1);
  const end = own.findIndex((word) => word.startsWith('-'));
  const [service, program, ...more] = end < 0 ? own : own.slice(0, end);
  if (service === undefined || program === undefined) return undefined;
  const dots = more.length > 0 || end >= 0 ? ' …' : '';
  return `write the program behind two dashes: \`${name} ${nameOf(syntax)} ${service} -- ${program}${dots}\``;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** Returns the usage and all commands by group, one line of at most 80 columns each. */
export function groupedHelp(name: string, guide: readonly GuideGroup[]): string {
  const names = guide.flatMap(({ commands }) => Object.keys(commands));
  const width = Math.max(...names.map((one) => one.length));
  const groups = guide.map(({ title, commands }) => {
    const rows = Object.entries(commands).map(([one, [summary]]) => `  ${one.padEnd(width)}  ${summary}`);
    return [`${title}:`, ...rows].join('\n');
  });
  return [`${name} <command>`, ...groups, `More about a command, with examples: ${name} help <command>`].join('\n\n');
}

/** Returns the section of examples of a command, or no section. `$0` is the name of the program. */
export function examplesOf(guide: readonly GuideGroup[] | undefined, name: string): readonly string[] {
  const found = guide?.find(({ commands }) => Object.hasOwn(commands, name));
  const [, ...examples] = found?.commands[name] ?? [];
  return examples.length === 0 ? [] : [['Examples:', ...examples.map((line) => `  $0 ${line}`)].join('\n')];
}
