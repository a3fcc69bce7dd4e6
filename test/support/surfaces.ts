import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getPaths } from './api-routes.ts';
import type { Clarityd } from './clarityd.ts';

/** Requests of an operator and of an MCP client to one daemon, with the head and body of each response. */
export class Asking {
  readonly #daemon: Clarityd;
  readonly #token: string;

  constructor(daemon: Clarityd, token: string) {
    this.#daemon = daemon;
    this.#token = token;
  }

  async get(path: string, init: RequestInit = {}): Promise<string> {
    const headers = { authorization: `Bearer ${this.#token}`, ...(init.headers as object) };
    const answer = await fetch(this.#daemon.url + path, { ...init, headers });
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
    const body = isStream ? await untilQuiet(answer, LAST_TEXTS[path] ?? LAST_EVENT) : await answer.text();
    return JSON.stringify([answer.status, path, headerTexts(answer)]) + body;
  }

  post(path: string, body: object, headers: Record<string, string> = {}): Promise<string> {
    const type = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    return this.get(path, { method: 'POST', headers: { ...type, ...headers }, body: JSON.stringify(body) });
  }

  mcp(method: string, params: object): Promise<string> {
    return this.post('/mcp', { jsonrpc: '2.0', id: 1, method, params }, { 'mcp-protocol-version': '2025-06-18' });
  }

  call(name: string, args: object): Promise<string> {
    return this.mcp('tools/call', { name, arguments: args });
  }
}

function headerTexts({ headers }: Response): readonly string[] {
  const texts: string[] = [];
  headers.forEach((value, name) => texts.push(`${name}: ${value}`));
  return texts;
}

const LAST_EVENT = 'security.auth_ref_validated';
/** The stream of the page begins with what it knows, and then waits for changes. */
const LAST_TEXTS: Readonly<Record<string, string>> = { '/api/live': '\n\n' };

/** Reads a stream of events up to the last event of the test. */
async function untilQuiet(answer: Response, last: string): Promise<string> {
  let text = '';
  const reader = answer.body?.getReader();
  while (!text.includes(last)) {
    const chunk = await reader?.read();
    if (chunk?.value === undefined) break;
    text += Buffer.from(chunk.value).toString();
  }
  await reader?.cancel();
  return text;
}

/** Returns the unique service ids of a text. */
export const idsOf = (text: string): readonly string[] => [...new Set(text.match(/svc_[0-9a-f]{12}/g) ?? [])];

/** Every GET route of the API, with each service and the default policy as `:id`. */
export async function everyGet(asking: Asking): Promise<readonly string[]> {
  const ids = idsOf(await asking.get('/api/services'));
  const query: Readonly<Record<string, string>> = {
    '/api/explain': '?tool=second__echo',
    '/api/security/auth/validate': '?auth_ref=file:remote/key',
  };
  const paths = getPaths().flatMap((path) => {
    const filled = path.includes('/services/:id')
      ? ids.map((id) => path.replace(':id', id))
      : [path.replace(':id', 'default')];
    return filled.map((one) => one + (query[path] ?? ''));
  });
  return Promise.all(paths.map((path) => asking.get(path)));
}

/** Every read-only control tool with its arguments. */
export async function everyReadingTool(asking: Asking): Promise<readonly string[]> {
  const [id = ''] = idsOf(await asking.get('/api/services'));
  const listed = await asking.mcp('tools/list', {});
  const body = listed.slice(listed.indexOf('{"jsonrpc"'));
  const { result } = JSON.parse(body) as {
    result: { tools: { name: string; annotations?: { readOnlyHint?: boolean } }[] };
  };
  const reading = result.tools.filter(({ annotations }) => annotations?.readOnlyHint === true);
  const args: Readonly<Record<string, object>> = {
    runtime__get_service: { service_id: id },
    runtime__get_logs: { service_id: id },
    runtime__validate_auth_ref: { auth_ref: 'file:remote/key' },
    runtime__explain: { tool: 'second__echo' },
  };
  return [listed, ...(await Promise.all(reading.map(({ name }) => asking.call(name, args[name] ?? {}))))];
}

/** Output of the command line. The commands run in parallel, because each is a process. */
export async function everyCommand(daemon: Clarityd): Promise<readonly string[]> {
  const commands =
    'status|audit|export|doctor|details near|logs second|auth providers|auth list-secrets|' +
    'auth validate file:remote/key|bootstrap --dry-run';
  const ran = await Promise.all(commands.split('|').map((command) => daemon.ctl(...command.split(' '))));
  return ran.map((ended) => JSON.stringify(ended));
}

export async function thePage(asking: Asking): Promise<readonly string[]> {
  const page = await asking.get('/status');
  const texts = [page];
  const seen = new Set<string>();
  for (const text of texts) {
    const names = [...text.matchAll(/(?:status\/assets|\.)\/([\w-]+\.(?:js|css))/g)].map(([, name = '']) => name);
    for (const name of names.filter((each) => !seen.has(each))) {
      seen.add(name);
      texts.push(await asking.get(`/status/assets/${name}`));
    }
  }
  return texts;
}

/** Process list for other users, and the environment of each child of the daemon. */
export async function theProcesses(daemonPid: number): Promise<{ readonly lines: string; readonly children: string }> {
  const found = { lines: '', children: '' };
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (file: string): Promise<string> => readFile(join('/proc', pid, file), 'utf8').catch(() => '');
    found.lines += `${await read('cmdline')}\n`;
    const parents = await read('status');
    if (new RegExp(`^PPid:\\t${String(daemonPid)}$`, 'm').test(parents)) found.children += await read('environ');
  }
  return found;
}
