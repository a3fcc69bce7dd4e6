import { randomBytes } from 'node:crypto';
import { startClarityd, type Clarityd } from './clarityd.ts';
import { startPostgres, type PostgresServer } from './postgres-server.ts';
import { runProgram } from './program.ts';
import { modernRawClient } from './raw-client.ts';
import { temporaryWorkspace, type Workspace } from './workspace.ts';

/** Several daemons over one database. */
export class Replicas implements AsyncDisposable {
  readonly database: PostgresServer;
  readonly daemons: Clarityd[] = [];
  readonly folder: Workspace;
  readonly options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> };
  readonly #workspaces: Workspace[] = [];

  private constructor(database: PostgresServer, folder: Workspace, env: Readonly<Record<string, string>>) {
    this.database = database;
    this.folder = folder;
    this.options = { cwd: folder.path, env };
  }

  /** Starts a database of its own with the schema, and `count` daemons. */
  static async start(count: number, env: Readonly<Record<string, string>> = {}): Promise<Replicas> {
    const [database, folder] = [await startPostgres({ own: true }), await temporaryWorkspace()];
    const key = await folder.write('cluster.key', randomBytes(32).toString('hex'));
    const store = { CLARITY_STORE: await database.database(), CLARITY_KEY_FILE: key };
    const replicas = new Replicas(database, folder, { ...env, ...store });
    const { exitCode, stderr } = await runProgram('clarityctl', ['store', 'upgrade'], replicas.options);
    if (exitCode !== 0) throw new Error(stderr);
    await Promise.all(Array.from({ length: count }, () => replicas.add()));
    return replicas;
  }

  /** Starts one more daemon, in a workspace of its own. */
  async add(env: Readonly<Record<string, string>> = {}): Promise<Clarityd> {
    const workspace = await temporaryWorkspace();
    this.#workspaces.push(workspace);
    const daemon = await startClarityd({ cwd: workspace.path, env: { ...this.options.env, ...env } });
    this.daemons.push(daemon);
    return daemon;
  }

  at(index: number): Clarityd {
    const found = this.daemons[index];
    if (found === undefined) throw new RangeError(`no daemon ${String(index)}`);
    return found;
  }

  /** Calls a tool at one daemon. Returns the text of its result, or of the failure. */
  call(index: number, tool: string, args: Readonly<Record<string, unknown>> = {}): Promise<string> {
    return callAt(`${this.at(index).url}/mcp`, tool, args);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.daemons) {
      daemon.program.kill('SIGCONT');
      await daemon.end('SIGKILL');
    }
    for (const workspace of [...this.#workspaces, this.folder]) await workspace[Symbol.asyncDispose]();
    await this.database.stop();
  }
}

/** Calls a tool at an MCP endpoint. Returns the text of its first content, or of the error. */
export async function callAt(url: string, tool: string, args: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { result, error } = await modernRawClient(url).request('tools/call', { name: tool, arguments: args });
  if (result === undefined) return `error: ${error ?? ''}`;
  const { content = [], isError } = JSON.parse(result) as {
    readonly content?: readonly { readonly text?: string }[];
    readonly isError?: boolean;
  };
  const text = content[0]?.text ?? '';
  return isError === true ? `error: ${text}` : text;
}

/** Repeats until the result fits. Rejects with the last result after `ms`; returns the milliseconds that it took. */
export async function within(ms: number, work: () => Promise<string>, wanted: string | RegExp): Promise<number> {
  const startedAt = Date.now();
  for (;;) {
    const found = await work();
    if (typeof wanted === 'string' ? found === wanted : wanted.test(found)) return Date.now() - startedAt;
    if (Date.now() - startedAt > ms) throw new Error(`after ${String(ms)} ms still: ${found}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
