import { startClarityd, type Clarityd } from '../../test/support/clarityd.ts';
import { ProtectedServer, type ProtectedQuirks } from '../../test/support/oauth/protected-server.ts';
import { startProgram, type Ended, type RunningProgram } from '../../test/support/program.ts';
import { connectStock } from '../../test/support/stock-clients.ts';
import { temporaryWorkspace, type Workspace } from '../../test/support/workspace.ts';
import { AuthorizationPeer, browse, type PeerSettings } from './peer.ts';

export interface LoginPlaceOptions {
  readonly peer?: PeerSettings;
  readonly resource?: Partial<ProtectedQuirks>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A built daemon, an authorization server of npm, and an MCP server that accepts the tokens of it. */
export class LoginPlace implements AsyncDisposable {
  readonly workspace: Workspace;
  readonly daemon: Clarityd;
  readonly peer: AuthorizationPeer;
  readonly upstream: ProtectedServer;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(
    parts: Pick<LoginPlace, 'workspace' | 'daemon' | 'peer' | 'upstream'>,
    env: Readonly<Record<string, string>>,
  ) {
    this.workspace = parts.workspace;
    this.daemon = parts.daemon;
    this.peer = parts.peer;
    this.upstream = parts.upstream;
    this.#env = env;
  }

  static async start({ peer: settings, resource, env = {} }: LoginPlaceOptions = {}): Promise<LoginPlace> {
    const workspace = await temporaryWorkspace();
    const peer = await AuthorizationPeer.start(settings);
    const upstream = await protectedBy(peer, resource);
    const daemon = await startClarityd({ cwd: workspace.path, env });
    return new LoginPlace({ workspace, daemon, peer, upstream }, env);
  }

  /** Starts `clarityctl auth login`, and resolves when it has printed the address to open. */
  async beginLogin(...argv: readonly string[]): Promise<{ readonly program: RunningProgram; readonly url: string }> {
    const program = startProgram('clarityctl', ['auth', 'login', ...argv], {
      cwd: this.workspace.path,
      env: { ...this.#env, CLARITYD_URL: this.daemon.url },
      hasInput: argv.includes('--no-browser'),
    });
    const [, url = ''] = await program.says(/^(http\S+)$/m, 'stderr');
    return { program, url };
  }

  /** Logs in with the browser flow: the listener of `clarityctl` receives the redirect. */
  async login(...argv: readonly string[]): Promise<Ended> {
    const { program, url } = await this.beginLogin(...argv);
    const redirect = new URL(url).searchParams.get('redirect_uri') ?? '';
    const page = await fetch(await browse(url, redirect));
    await page.body?.cancel();
    return program.ended;
  }

  /** Logs in by pasting: the address of the redirect goes to standard input. */
  async pasteLogin(...argv: readonly string[]): Promise<Ended> {
    const { program, url } = await this.beginLogin(...argv, '--no-browser');
    program.type(await browse(url, new URL(url).searchParams.get('redirect_uri') ?? ''));
    return program.ended;
  }

  async call(tool: string): Promise<string> {
    const client = await connectStock(`${this.daemon.url}/mcp`);
    try {
      const { content, isError } = await client.call(tool, {});
      return `${isError === true ? 'error: ' : ''}${content[0]?.text ?? ''}`;
    } finally {
      await client.close();
    }
  }

  async state(name: string): Promise<Readonly<Record<string, unknown>>> {
    const { items } = (await this.daemon.json('auth', 'status', name)) as { items: Record<string, unknown>[] };
    return items[0] ?? {};
  }

  async lifecycle(name: string): Promise<string> {
    const { items } = (await (await fetch(`${this.daemon.url}/api/services`)).json()) as {
      items: { namespace: string; lifecycle: string }[];
    };
    return items.find(({ namespace }) => namespace === name)?.lifecycle ?? 'absent';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.end();
    await this.upstream[Symbol.asyncDispose]();
    await this.peer[Symbol.asyncDispose]();
    await this.workspace[Symbol.asyncDispose]();
  }
}

/** Returns an MCP server that accepts tokens of a peer for itself only. */
export async function protectedBy(
  peer: AuthorizationPeer,
  resource: Partial<ProtectedQuirks> = {},
): Promise<ProtectedServer> {
  const upstream: ProtectedServer = await ProtectedServer.start(
    async (token) => {
      const found = await peer.check(token);
      // A token for another audience is not valid here (MCP 2026-07-28, Token Audience Binding and Validation).
      return found?.resource === upstream.endpoint ? found : undefined;
    },
    { issuers: [peer.issuer], scopes: ['mcp:read'], ...resource },
  );
  return upstream;
}
