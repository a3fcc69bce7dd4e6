import { embeddedCaller, grantOf, type Caller, type Runtime } from '@clarity-runtime/core';
import { decide } from '@clarity-runtime/core/internal';
import type { ClientConfigs, EntryRequest, GatewayEntry } from '@clarity-runtime/core/ports';
import { messageOf } from '../support/error-text.ts';
import {
  CALL_VERBS,
  CLIENT_VERBS,
  dropClientToken,
  ensureClientToken,
  isConfigured,
  tokenNameOf,
  type ClientTokens,
  type TokenIssuer,
  type WantedToken,
} from './client-tokens.ts';
import { localClientConfigs, type LocalClientsOptions } from './local-clients.ts';
import { TokenFile } from './token-file.ts';

const YEAR_MS = 365 * 24 * 60 * 60_000;

/** Creates tokens inside the daemon. */
const runtimeTokens = ({ tokens }: Pick<Runtime, 'tokens'>): TokenIssuer => ({
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

export interface DaemonClientsOptions extends Omit<LocalClientsOptions, 'tokenOf'> {
  /** The runtime that creates the tokens, which exists when the first entry is written. */
  readonly runtime: () => Pick<Runtime, 'tokens'>;
  readonly log: (line: string) => void;
}

/**
 * The AI clients of the user that runs the daemon. Each client gets a token of its own, whose text is in the file of the user. A
 * client whose token cannot be created gets an entry without one.
 */
export class DaemonClients implements ClientConfigs {
  readonly #options: DaemonClientsOptions;
  readonly #configs: ClientConfigs;
  readonly #withoutToken = new Set<string>();

  constructor(options: DaemonClientsOptions) {
    this.#options = options;
    const tokenOf = (client: string): string | undefined =>
      this.#withoutToken.has(client) ? undefined : tokenNameOf(client);
    this.#configs = localClientConfigs({ ...options, tokenOf });
  }

  get clients(): ClientConfigs['clients'] {
    return this.#configs.clients;
  }

  entry(transport: GatewayEntry['transport'], client?: string): GatewayEntry {
    return this.#configs.entry(transport, client);
  }

  /** A new token permits what a client of this machine may do by default, and nothing that the caller may not. */
  async prepare({ client, transport, caller }: EntryRequest): Promise<void> {
    if (transport === 'stdio') await this.#provide(client, { rights: { verbs: verbsOf(caller) }, keeps: true });
  }

  /** Revokes the token of a client whose last entry was removed. */
  async removed(client: string): Promise<void> {
    try {
      if (!(await this.hasEntry(client))) await this.dropToken(tokenNameOf(client));
    } catch (error) {
      this.#options.log(`the token ${tokenNameOf(client)} was not revoked: ${messageOf(error)}`);
    }
  }

  /** Returns whether a configuration of a client has an entry of the gateway. */
  hasEntry(client: string): Promise<boolean> {
    return isConfigured(this.clients, client);
  }

  /** Returns the entry of a client whose servers an import moves: its token permits `read` and `call`. */
  async importedEntry(client: string, onCreate: WantedToken['onCreate']): Promise<GatewayEntry> {
    await this.#provide(client, { rights: { verbs: CALL_VERBS }, keeps: true, onCreate });
    return this.entry('stdio', client);
  }

  /** Revokes a token. Returns false if the file of the user does not have it. */
  dropToken(name: string): Promise<boolean> {
    return dropClientToken(this.#tokens(), name);
  }

  async #provide(client: string, wanted: WantedToken): Promise<void> {
    try {
      await ensureClientToken(this.#tokens(), tokenNameOf(client), wanted);
      this.#withoutToken.delete(client);
    } catch (error) {
      this.#withoutToken.add(client);
      this.#options.log(`the entry of ${client} has no token: ${messageOf(error)}`);
    }
  }

  #tokens(): ClientTokens {
    const { runtime, env, daemonUrl } = this.#options;
    return { issuer: runtimeTokens(runtime()), file: new TokenFile(env), place: { daemon: daemonUrl() } };
  }
}

const verbsOf = (caller: Caller): typeof CLIENT_VERBS =>
  CLIENT_VERBS.filter((verb) => decide(caller, { verb, target: 'everything' }).isAllowed);
