import { embeddedCaller, grantOf, type Runtime } from '@clarity-runtime/core';
import { messageOf } from '../support/error-text.ts';
import type { ClientConfigs, GatewayEntry } from '@clarity-runtime/core/ports';
import type { Environment } from '../support/process-context.ts';
import { CALL_VERBS, ensureClientToken, tokenNameOf, type TokenIssuer } from './client-tokens.ts';
import { TokenFile } from './token-file.ts';

const YEAR_MS = 365 * 24 * 60 * 60_000;

/** Creates tokens inside the daemon. */
const runtimeTokens = ({ tokens }: Runtime): TokenIssuer => ({
  list: () => tokens.list(embeddedCaller),
  create: async (name, { verbs, profile }) => {
    const grants = [grantOf(...verbs)];
    return (await tokens.create(embeddedCaller, { name, grants, profile, lifeMs: YEAR_MS, note: 'for an AI client' }))
      .token;
  },
  rotate: async (name) => (await tokens.rotate(embeddedCaller, name)).token,
  revoke: async (name) => {
    await tokens.revoke(embeddedCaller, name);
  },
});

/** Parts of the daemon that entries of clients need. */
export interface DaemonGatewaysOptions {
  readonly runtime: Runtime;
  readonly env: Environment;
  readonly daemon: URL;
  readonly clients: readonly string[];
  readonly configsOf: (tokenOf: (client: string) => string | undefined) => ClientConfigs;
  readonly log: (line: string) => void;
}

/** Returns the entry of each client, with a token of its own that permits `read` and `call`. A client whose token fails has none. */
export async function daemonGateways(options: DaemonGatewaysOptions): Promise<(client: string) => GatewayEntry> {
  const { runtime, env, daemon, clients, configsOf, log } = options;
  const tokens = { issuer: runtimeTokens(runtime), file: new TokenFile(env), daemon };
  const names = new Map<string, string>();
  for (const client of clients) {
    try {
      await ensureClientToken(tokens, tokenNameOf(client), { verbs: CALL_VERBS }, true);
      names.set(client, tokenNameOf(client));
    } catch (error) {
      log(`the entry of ${client} has no token: ${messageOf(error)}`);
    }
  }
  const configs = configsOf((client) => names.get(client));
  return (client) => configs.entry('stdio', client);
}
