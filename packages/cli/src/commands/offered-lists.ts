import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { findNamedService } from '../command-support/find-service.ts';
import { findTool, openMcp, textOf, type ListedDefinition } from '../command-support/mcp-session.ts';
import { printTool, tokensOf } from '../command-support/tool-help.ts';
import { ExitCode } from '../support/cli-error.ts';

const SUBJECT = 'namespace or id of one service, whose names are then without prefix; default: /mcp';
const MAX_EXPLAINED = 200;

/** Returns the first sentence of a description. */
function firstSentence(text: string): string {
  const [line = ''] = text.trim().split('\n', 1);
  return /^(.*?[.!?])(?:\s|$)/.exec(line)?.[1] ?? line;
}

const rowOf = (definition: ListedDefinition, name: string): readonly string[] => [
  name,
  firstSentence(textOf(definition, 'description') || textOf(definition, 'title')),
];

const tools: Command = {
  syntax: 'tools [service]',
  describe: 'list tools as clients see them',
  subject: SUBJECT,
  flags: {
    tokens: { type: 'switch', describe: 'add the estimated tokens of each definition' },
    all: { type: 'switch', describe: 'list hidden tools too, with the reason' },
  },
  run: async (given, session) => {
    const { output } = session;
    const items = await listOf(given, session, 'tools');
    const hidden = given.has('all') ? await hiddenTools(session, given.text('service'), items) : [];
    if (output.json) {
      output.value({ items, ...(given.has('all') ? { hidden } : {}) });
      return ExitCode.done;
    }
    const withTokens = given.has('tokens');
    const rows = items.map((tool) => [
      textOf(tool, 'name'),
      ...(withTokens ? [String(tokensOf(tool))] : []),
      ...rowOf(tool, '').slice(1),
    ]);
    if (rows.length === 0) output.advice('no tools: start a service, see `clarityctl list`');
    else output.table(['TOOL', ...(withTokens ? ['TOKENS'] : []), 'DESCRIPTION'], rows);
    if (hidden.length > 0) {
      output.line('');
      output.table(
        ['HIDDEN', 'WHY'],
        hidden.map(({ name, reason }) => [name, reason]),
      );
    }
    return ExitCode.done;
  },
};

interface Hidden {
  readonly name: string;
  readonly reason: string;
}

/** Returns tools of the services that clients do not see. */
async function hiddenTools(
  { api }: CommandContext,
  only: string | undefined,
  seen: readonly ListedDefinition[],
): Promise<readonly Hidden[]> {
  const names = new Set(seen.map((tool) => textOf(tool, 'name')));
  const { items } = await api.services();
  const wanted = items.filter(
    ({ namespace, serviceId }) => only === undefined || only === namespace || only === serviceId,
  );
  const hidden: Hidden[] = [];
  for (const { serviceId, namespace } of wanted) {
    for (const { name } of (await api.interface(serviceId)).tools) {
      if (hidden.length >= MAX_EXPLAINED) return hidden;
      const answer = await api.explain(`${namespace}/${name}`);
      if (answer.visibility === 'visible' || names.has(answer.name ?? name)) continue;
      hidden.push({
        name: `${namespace}/${name}`,
        reason: answer.reasons.map(({ text }) => text).join('; ') || answer.visibility,
      });
    }
  }
  return hidden;
}

const resources: Command = {
  syntax: 'resources [service]',
  describe: 'list resources and resource templates as clients see them',
  subject: SUBJECT,
  run: async (given, session) => {
    const { output } = session;
    const items = await listOf(given, session, 'resources');
    const templates = await listOf(given, session, 'resourceTemplates');
    if (output.json) {
      output.value({ items, templates });
      return ExitCode.done;
    }
    const rows = [
      ...items.map((item) => rowOf(item, textOf(item, 'uri'))),
      ...templates.map((item) => rowOf(item, textOf(item, 'uriTemplate'))),
    ];
    if (rows.length === 0) output.line('no resources');
    else output.table(['URI', 'DESCRIPTION'], rows);
    return ExitCode.done;
  },
};

const prompts: Command = {
  syntax: 'prompts [service]',
  describe: 'list prompts as clients see them',
  subject: SUBJECT,
  run: async (given, session) => {
    const { output } = session;
    const items = await listOf(given, session, 'prompts');
    if (output.json) output.value({ items });
    else if (items.length === 0) output.line('no prompts');
    else
      output.table(
        ['PROMPT', 'DESCRIPTION'],
        items.map((item) => rowOf(item, textOf(item, 'name'))),
      );
    return ExitCode.done;
  },
};

const inspect: Command = {
  syntax: 'inspect <tool>',
  describe: 'show the arguments, annotations, size and a call of a tool',
  subject: 'name on /mcp, <service>/<tool>, or a .wasm file of a component',
  run: async (given, session) => {
    const tool = given.text('tool') ?? '';
    if (/\.wasm$/i.test(tool)) return (await import('./inspect-module.ts')).inspectModule(session, tool);
    return printTool(session, await findTool(session, tool));
  },
};

const METHODS = {
  tools: 'tools/list',
  resources: 'resources/list',
  resourceTemplates: 'resources/templates/list',
  prompts: 'prompts/list',
} as const;

async function listOf(
  given: ParsedArgs,
  session: CommandContext,
  member: keyof typeof METHODS,
): Promise<readonly ListedDefinition[]> {
  const service = given.text('service');
  await using client = await openMcp(session, service);
  try {
    return await client.list(METHODS[member], member);
  } catch (error) {
    // The gateway does not list names to clients; the API has the nearest one.
    if (service !== undefined) findNamedService((await session.api.services()).items, service);
    throw error;
  }
}

/** Commands that list what clients see. */
export const offeredLists: readonly Command[] = [tools, resources, prompts, inspect];
