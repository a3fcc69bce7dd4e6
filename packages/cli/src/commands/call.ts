import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { McpClientOptions } from '../api/mcp-client.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import { readToolArguments } from '../arguments/tool-arguments.ts';
import { answeredForm } from '../command-support/answered-form.ts';
import { curlCommand } from '../command-support/curl-command.ts';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { numberFlag } from '../command-support/flags.ts';
import { findTool, mcpEndpointOf, openMcp, type FoundTool } from '../command-support/mcp-session.ts';
import { printTool } from '../command-support/tool-help.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import { contentOf, type ContentPart } from '../command-support/tool-result.ts';

interface ToolCallParams {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

const MAX_FILE_BYTES = 8 * 1024 * 1024;
const TIMEOUT_SECONDS = [1, 86_400] as const;

/** Sends one `tools/call` to `/mcp`: the policy, the surface and the approvals of every client apply. */
export const call: Command = {
  syntax: 'call <tool> [arguments..]',
  describe: 'call a tool with key=value, key:=json, key=@file, --args <json> or - (JSON from standard input)',
  subject: 'name on /mcp, <service>/<tool>, or a service and its tool; with --help its arguments',
  flags: {
    args: { type: 'text', describe: 'all arguments as one JSON object' },
    out: { type: 'text', describe: 'folder for images, audio and files of the result' },
    timeout: {
      type: 'text',
      describe: 'seconds after which the call is cancelled',
      fallbackText: 'limits of the service',
    },
    'dry-run': { type: 'switch', describe: 'print the request and send nothing' },
    curl: { type: 'switch', describe: 'print the curl command of the call and send nothing' },
    schema: { type: 'switch', describe: 'show the arguments of the tool' },
  },
  run: async (given, session) => {
    const { words, tool } = await toolOf(given, session);
    if (given.has('schema')) return printTool(session, tool);
    const params = { name: tool.name, arguments: await argumentsFor(given, session, tool, words) };
    if (given.has('curl')) {
      const { api, output, token } = session;
      output.text(curlCommand(mcpEndpointOf(api, tool.service).href, params, token !== undefined));
      return ExitCode.done;
    }
    if (given.has('dry-run')) {
      session.output.value({
        method: 'tools/call',
        params,
        ...(tool.service === undefined ? {} : { service: tool.service }),
      });
      return ExitCode.done;
    }
    return send(given, session, tool, params);
  },
};

/** A second word without an operator is the name of the tool. */
async function toolOf(
  given: ParsedArgs,
  session: CommandContext,
): Promise<{ tool: FoundTool; words: readonly string[] }> {
  const first = given.text('tool') ?? '';
  const [second, ...others] = given.list('arguments');
  const hasName = second !== undefined && second !== '-' && !second.includes('=');
  const tool = await findTool(session, first, hasName ? second : undefined);
  const words = hasName ? others : second === undefined ? [] : [second, ...others];
  return { tool, words };
}

async function argumentsFor(
  given: ParsedArgs,
  session: CommandContext,
  { definition }: FoundTool,
  words: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const whole = given.text('args') ?? (words.includes('-') ? await session.secretInput.piped() : undefined);
  const named = words.filter((word) => word !== '-');
  if (whole === undefined) {
    return readToolArguments(named, definition['inputSchema'], {
      readFile: (path) => readText(resolve(session.cwd, path)),
    });
  }
  if (named.length > 0) throw usageError('--args and key=value exclude each other', 'write all arguments in one form');
  const value = jsonOf(whole);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw usageError('the arguments are not a JSON object', 'write --args \'{"key": "value"}\'');
}

async function readText(path: string): Promise<string> {
  const found = await stat(path);
  if (!found.isFile()) throw usageError(`${path} is not a file`);
  if (found.size > MAX_FILE_BYTES) throw usageError(`${path} is larger than ${String(MAX_FILE_BYTES)} bytes`);
  return readFile(path, 'utf8');
}

async function send(
  given: ParsedArgs,
  session: CommandContext,
  { service }: FoundTool,
  params: ToolCallParams,
): Promise<number> {
  const { output } = session;
  const seconds = numberFlag(given, 'timeout', TIMEOUT_SECONDS);
  const ending = endOf(seconds);
  try {
    await using client = await openMcp(session, service, {
      onNotification: (method, notice) => {
        const line = noticeLine(method, notice);
        if (line !== undefined) output.note(line);
      },
      ...questionsOf(session, service ?? params.name.split('__', 1)[0] ?? ''),
    });
    const meta = { _meta: { progressToken: 1 } };
    const result = await client.request('tools/call', { ...params, ...meta }, ending.signal);
    if (output.isJsonRequested) output.value(result);
    else await print(session, contentOf(result), given.text('out'));
    return result['isError'] === true ? ExitCode.failed : ExitCode.done;
  } catch (error) {
    const { reason } = ending;
    if (reason === 'interrupt')
      throw new CliError('cancelled', { exitCode: ExitCode.interrupted, code: 'CANCELLED', cause: error });
    if (reason === 'timeout') {
      throw new CliError(`no reply within ${String(seconds)} s, the call was cancelled`, {
        code: 'TIMEOUT',
        hint: 'raise --timeout',
        cause: error,
      });
    }
    throw error;
  } finally {
    ending.close();
  }
}

/** Questions of the service are asked at a terminal only: without one the client does not declare that it can answer. */
function questionsOf({ askLine, output }: CommandContext, service: string): Pick<McpClientOptions, 'onQuestion'> {
  if (askLine === undefined) return {};
  const say = (text: string): void => {
    output.note(text);
  };
  return {
    onQuestion: (question, signal) =>
      answeredForm(question, { service, say, ask: (prompt) => askLine(prompt, signal) }),
  };
}

interface Ending {
  readonly signal: AbortSignal;
  readonly reason: 'interrupt' | 'timeout' | undefined;
  close(): void;
}

/** Ctrl-C and the timeout cancel the call at the service. A second Ctrl-C ends this process. */
function endOf(seconds: number | undefined): Ending {
  const over = new AbortController();
  let reason: Ending['reason'];
  const end = (why: Ending['reason']) => (): void => {
    reason ??= why;
    over.abort();
  };
  const onInterrupt = end('interrupt');
  process.once('SIGINT', onInterrupt);
  const timer = seconds === undefined ? undefined : setTimeout(end('timeout'), seconds * 1_000);
  return {
    signal: over.signal,
    get reason() {
      return reason;
    },
    close: () => {
      clearTimeout(timer);
      process.removeListener('SIGINT', onInterrupt);
    },
  };
}

/** `40% of 200: reading`, or the text of a log message. */
function noticeLine(method: string, params: Readonly<Record<string, unknown>>): string | undefined {
  const { message, progress, total, level, data } = params;
  const text = typeof message === 'string' ? message : '';
  if (method === 'notifications/progress' && typeof progress === 'number') {
    const share =
      typeof total === 'number' && total > 0 ? `${String(Math.round((progress / total) * 100))}%` : String(progress);
    return `progress ${share}${text === '' ? '' : `: ${text}`}`;
  }
  if (method !== 'notifications/message') return undefined;
  return `${typeof level === 'string' ? level : 'log'}: ${typeof data === 'string' ? data : JSON.stringify(data)}`;
}

async function print(
  { output, cwd }: CommandContext,
  parts: readonly ContentPart[],
  folder: string | undefined,
): Promise<void> {
  const into = folder === undefined ? undefined : resolve(cwd, folder);
  if (into !== undefined) await mkdir(into, { recursive: true });
  for (const [at, part] of parts.entries()) {
    if (part.type === 'text') output.text(part.text);
    else if (into === undefined) output.line(`${part.describe} (--out <folder> writes it)`);
    else {
      const path = join(into, `${String(at + 1)}.${part.extension}`);
      await writeFile(path, part.bytes, { flag: 'wx' });
      output.line(`${part.describe} written to ${path}`);
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
