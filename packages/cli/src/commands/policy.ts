import type { ParsedArgs } from '../arguments/command-grammar.ts';
import { ExitCode, usageError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { wholeNumber } from '../settings/values.ts';
import type { Command } from '../command-support/command.ts';
import { findService } from '../command-support/find-service.ts';

const MAX_BYTES = 1_000_000_000;
const bytesSchema = wholeNumber(0, MAX_BYTES);

/** `show` prints the policy of a service; `test` evaluates one call, and exits with 1 when the call is denied. */
export const policy: Command = {
  syntax: 'policy <action> <service> [tool]',
  describe: 'show the policy of a service, or test it with a call of a tool',
  subject: 'show or test',
  flags: { bytes: { type: 'text', describe: 'test: size of the request in bytes', fallbackText: '0' } },
  run: (given, session) => {
    const action = given.text('action');
    if (action === 'show') return show(given, session);
    if (action === 'test') return test(given, session);
    throw usageError(`unknown action 'policy ${action ?? ''}'`, 'use `policy show` or `policy test`');
  },
};

async function show(given: ParsedArgs, { api, output }: CommandContext): Promise<number> {
  const { serviceId, namespace } = await findService(api, given);
  const reply = await api.policy(serviceId);
  if (output.json) {
    output.value(reply);
    return ExitCode.done;
  }
  output.line(`${namespace} (${serviceId}), policyRef '${reply.policyRef}'`);
  const effective = rowsOf(reply.effective);
  if (effective.length === 0) {
    output.line('no rule applies: every call is allowed');
    return ExitCode.done;
  }
  output.line('');
  const sources = reply.sources.map(({ where, policy: part }) => ({ where, rows: new Map(rowsOf(part)) }));
  output.table(
    ['RULE', 'HOLDS', ...sources.map(({ where }) => where.toUpperCase())],
    effective.map(([rule, value]) => [rule, value, ...sources.map(({ rows }) => rows.get(rule) ?? '-')]),
  );
  return ExitCode.done;
}

async function test(given: ParsedArgs, { api, output }: CommandContext): Promise<number> {
  const tool = given.text('tool');
  if (tool === undefined) throw usageError('the tool is missing', 'write `policy test <service> <tool>`');
  const read = bytesSchema.safeParse(given.text('bytes') ?? '0');
  if (!read.success) throw usageError(`--bytes must be a number from 0 to ${String(MAX_BYTES)}`);
  const { serviceId, namespace } = await findService(api, given);
  const reply = await api.testPolicy(serviceId, tool, read.data);
  const isAllowed = reply.verdict === 'allowed';
  if (output.json) output.value(reply);
  else {
    output.line(`${tool} of ${namespace} is ${reply.verdict}`, isAllowed ? 'good' : 'bad');
    if (reply.error !== undefined) output.line(reply.error);
    if (reply.hint !== undefined) output.line(reply.hint);
    for (const [rule, value] of rowsOf(reply.bounds)) output.line(`${rule} ${value}`);
  }
  return isAllowed ? ExitCode.done : ExitCode.failed;
}

/** Returns one row for each rule; rules of a tool have its name. */
function rowsOf(part: Readonly<Record<string, unknown>>): readonly (readonly [rule: string, value: string])[] {
  return Object.entries(part).flatMap(([rule, value]): (readonly [string, string])[] => {
    if (rule !== 'tools') return [[rule, textOf(value)]];
    const tools = Object.entries(value as Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    return tools.flatMap(([tool, own]) => rowsOf(own).map(([name, text]) => [`${tool}: ${name}`, text] as const));
  });
}

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : JSON.stringify(value));
