import { setTimeout as delay } from 'node:timers/promises';
import { argumentsOf } from '../arguments/tool-arguments.ts';
import { OUTPUT_FORMATS } from '../terminal/output-format.ts';
import type { CommandContext } from './command-context.ts';
import type { Command } from './command.ts';

/** One completion of a word. */
export interface Candidate {
  readonly text: string;
  readonly describe?: string;
}

/** A shell waits for the completion: a daemon that is slower counts as absent. */
const LIMIT_MS = 250;
const COMMON_FLAGS = ['--json', '--output-format', '--color', '--daemon-url', '--help'];

/** Returns the completions of the last word. Names of services and tools are left out without a daemon. */
export async function candidates(
  commands: readonly Command[],
  words: readonly string[],
  session: Pick<CommandContext, 'api'>,
  limitMs = LIMIT_MS,
): Promise<readonly Candidate[]> {
  const [name = '', ...others] = words;
  const current = words.at(-1) ?? '';
  const starting = (all: readonly Candidate[]): readonly Candidate[] =>
    all.filter(({ text }) => text.startsWith(current));
  if (words.length <= 1)
    return starting(commands.map((command) => ({ text: nameOf(command), describe: command.describe })));
  const command = commands.find((one) => nameOf(one) === name || one.aliases?.includes(name) === true);
  if (command === undefined) return [];
  const before = words.at(-2) ?? '';
  if (before === '-o' || before === '--output-format') return starting(OUTPUT_FORMATS.map((text) => ({ text })));
  if (current.startsWith('-')) return starting(flagsOf(command));
  const positionals = others.slice(0, -1).filter((word) => !word.startsWith('-'));
  const names = namesFor(command, positionals, session).catch(() => []);
  return starting(await Promise.race([names, delay(limitMs, [] as readonly Candidate[], { ref: false })]));
}

const nameOf = ({ syntax }: Command): string => syntax.split(' ', 1)[0] ?? '';

const flagsOf = ({ flags = {} }: Command): readonly Candidate[] => [
  ...Object.entries(flags).flatMap(([name, { hidden, describe }]) =>
    hidden === true ? [] : [{ text: `--${name}`, describe }],
  ),
  ...COMMON_FLAGS.map((text) => ({ text })),
];

/** Returns the names that fit the next positional of a command. */
async function namesFor(
  command: Command,
  positionals: readonly string[],
  session: Pick<CommandContext, 'api'>,
): Promise<readonly Candidate[]> {
  const { api } = session;
  const placeholder = / [<[](\w+)/.exec(command.syntax)?.[1] ?? '';
  const isRepeated = command.syntax.includes('..');
  if (placeholder === 'tool') return toolNames(positionals, session, nameOf(command) === 'call');
  const isService = /^(?:service|services|names)$/.test(placeholder) && nameOf(command) !== 'add';
  if (!isService || (positionals.length > 0 && !isRepeated)) return [];
  return (await api.services()).items.map(({ namespace, lifecycle }) => ({ text: namespace, describe: lifecycle }));
}

/** A service, a tool of it, or the arguments of a tool; names on `/mcp` have the prefix of their service. */
async function toolNames(
  positionals: readonly string[],
  { api }: Pick<CommandContext, 'api'>,
  takesArguments: boolean,
): Promise<readonly Candidate[]> {
  const { items } = await api.services();
  const [first, second] = positionals;
  const service = items.find(({ namespace }) => namespace === first);
  if (first === undefined) {
    const lists = await Promise.all(items.map(({ serviceId }) => api.interface(serviceId)));
    return items.flatMap(({ namespace }, at) => [
      { text: namespace },
      ...(lists[at]?.tools ?? []).map(({ name, description }) => candidateOf(`${namespace}/${name}`, description)),
    ]);
  }
  if (service !== undefined && second === undefined) {
    return (await api.interface(service.serviceId)).tools.map(({ name, description }) =>
      candidateOf(name, description),
    );
  }
  if (!takesArguments) return [];
  const [namespace = '', tool = ''] = service === undefined ? first.split('/', 2) : [first, second ?? ''];
  const owner = items.find((item) => item.namespace === namespace);
  if (owner === undefined) return [];
  const found = (await api.interface(owner.serviceId)).tools.find(({ name }) => name === tool);
  return argumentsOf(found?.['inputSchema']).map(({ name, description }) => candidateOf(`${name}=`, description));
}

const candidateOf = (text: string, description: string | undefined): Candidate => {
  const line = description?.split('\n', 1)[0]?.slice(0, 60).trim() ?? '';
  return line === '' ? { text } : { text, describe: line };
};
