import type { ServiceSummary } from '@clarity-runtime/api-contract';
import { isAway, pauseFor } from '../api/follow.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { namesFlag } from '../command-support/flags.ts';
import { kindOf, printServices, serviceWord, SERVICE_WORDS } from '../command-support/service-table.ts';
import { ExitCode, usageError } from '../support/cli-error.ts';

const WATCH_PAUSE_MS = 500;
const KINDS = ['wasm', 'remote', 'process'];
const SORTS = {
  name: (a: ServiceSummary, b: ServiceSummary) => a.namespace.localeCompare(b.namespace),
  status: (a: ServiceSummary, b: ServiceSummary) => wordOrder(a) - wordOrder(b),
  tools: (a: ServiceSummary, b: ServiceSummary) => (b.interface?.tools ?? 0) - (a.interface?.tools ?? 0),
  uptime: (a: ServiceSummary, b: ServiceSummary) => b.uptimeSeconds - a.uptimeSeconds,
};

/** Services that need attention come first. */
const wordOrder = (service: ServiceSummary): number => -SERVICE_WORDS.indexOf(serviceWord(service));

export const list: Command = {
  syntax: 'list [names..]',
  aliases: ['ls', 'ps'],
  describe: 'list services',
  subject: 'names of services, with * for any characters; default: all',
  flags: {
    status: { type: 'text', describe: `comma-separated: ${SERVICE_WORDS.join(', ')}` },
    kind: { type: 'text', describe: `comma-separated: ${KINDS.join(', ')}` },
    sort: { type: 'text', describe: Object.keys(SORTS).join(', '), fallbackText: 'order of registration' },
    watch: { type: 'switch', alias: 'w', describe: 'print the list again at each change' },
  },
  run: async (given, session) => {
    const choose = chooser(given);
    if (given.has('watch')) return watch(session, choose);
    const { api, output } = session;
    const services = await api.services();
    const items = choose(services.items);
    if (output.json) {
      output.value({ ...services, items });
      return ExitCode.done;
    }
    show(session, items, services.items.length);
    for (const { file, name, reason, fix } of services.unsupported ?? []) {
      output.advice(`UNSUPPORTED ${name} (${file}): ${reason}; ${fix}`, 'careful');
    }
    return ExitCode.done;
  },
};

function show(session: CommandContext, items: readonly ServiceSummary[], total: number): void {
  const { output } = session;
  if (items.length > 0) printServices(session, items);
  else if (total > 0) output.line(`none of ${String(total)} services matches`);
  else output.advice('no services yet: `clarityctl import` takes those of your AI clients, `clarityctl add` adds one');
}

type Choose = (items: readonly ServiceSummary[]) => readonly ServiceSummary[];

/** Returns the filters and the order of the flags. */
function chooser(given: ParsedArgs): Choose {
  const statuses = wordsOf(given, 'status', SERVICE_WORDS);
  const kinds = wordsOf(given, 'kind', KINDS);
  const sort = given.text('sort');
  if (sort !== undefined && !Object.hasOwn(SORTS, sort)) {
    throw usageError(`--sort must be one of ${Object.keys(SORTS).join(', ')}, not '${sort}'`);
  }
  const names = given.list('names').map(globOf);
  return (items) => {
    const chosen = items.filter(
      (item) =>
        (statuses?.includes(serviceWord(item)) ?? true) &&
        (kinds?.includes(kindOf(item.originType)) ?? true) &&
        (names.length === 0 || names.some((matches) => matches(item.namespace))),
    );
    return sort === undefined ? chosen : chosen.sort(SORTS[sort as keyof typeof SORTS]);
  };
}

function wordsOf(given: ParsedArgs, flag: string, known: readonly string[]): readonly string[] | undefined {
  const words = namesFlag(given, flag);
  const unknown = words?.find((word) => !known.includes(word));
  if (unknown !== undefined) throw usageError(`--${flag} must be of ${known.join(', ')}, not '${unknown}'`);
  return words;
}

/** Returns whether a name matches a pattern in which `*` is any text. Linear: parts are found from left to right. */
function globOf(pattern: string): (name: string) => boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  return (name) => {
    if (tail === undefined) return name === head;
    if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false;
    let from = head.length;
    const end = name.length - tail.length;
    for (const part of rest) {
      const at = name.indexOf(part, from);
      if (at < 0 || at + part.length > end) return false;
      from = at + part.length;
    }
    return true;
  };
}

/** Prints the table again on a terminal, otherwise one line for each service that changed. Ends with the reader. */
async function watch(session: CommandContext, choose: Choose): Promise<number> {
  const { api, output, unread } = session;
  let known = new Map<string, string>();
  let isFirst = true;
  let wasAway = false;
  while (unread?.aborted !== true) {
    try {
      const all = (await api.services()).items;
      const items = choose(all);
      const now = new Map(items.map((item) => [item.namespace, signatureOf(item)]));
      const changed = items.filter(({ namespace }) => known.get(namespace) !== now.get(namespace));
      const gone = [...known.keys()].filter((name) => !now.has(name));
      if (isFirst || changed.length > 0 || gone.length > 0)
        redraw(session, { items, total: all.length, changed, gone });
      known = now;
      isFirst = false;
      wasAway = false;
    } catch (error) {
      if (isFirst || !isAway(error)) throw error;
      if (!wasAway) output.note(`note: ${error.message}; retrying`);
      wasAway = true;
    }
    await pauseFor(WATCH_PAUSE_MS, unread);
  }
  return ExitCode.done;
}

const signatureOf = (item: ServiceSummary): string =>
  JSON.stringify([serviceWord(item), item.interface?.tools, item.lastError, item.retryAt]);

interface Change {
  readonly items: readonly ServiceSummary[];
  readonly total: number;
  readonly changed: readonly ServiceSummary[];
  readonly gone: readonly string[];
}

function redraw(session: CommandContext, { items, total, changed, gone }: Change): void {
  const { output } = session;
  if (output.isJsonRequested) for (const item of changed) output.record(item);
  else if (output.isTerminal) {
    output.clear();
    show(session, items, total);
  } else {
    for (const item of changed)
      output.line(`${item.namespace} ${serviceWord(item)}${item.lastError === undefined ? '' : `: ${item.lastError}`}`);
    for (const name of gone) output.line(`${name} removed`);
  }
}
