import type { Caller } from '../../domain/access/caller.ts';
import { requireAccess } from '../../domain/access/decide.ts';
import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type {
  ClientChange,
  ClientConfig,
  ClientConfigs,
  ClientConfigState,
  ConfigScope,
  GatewayEntry,
} from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type {
  BootstrapPutRequest,
  BootstrapRequest,
  BootstrapResult,
  ClientSetupOperations,
} from '../../ports/inbound/client-setup.ts';

type ConfiguredKind = 'client.configured' | 'client.unconfigured';

/** Adds this gateway to the configurations of AI clients, or removes it. A failure of one client does not affect the others. */
export class ClientSetup implements ClientSetupOperations {
  readonly #configs: ClientConfigs;
  readonly #audit: AuditLog | undefined;

  /** Without `audit` for a program that edits the files of its own user. */
  constructor(configs: ClientConfigs, audit?: AuditLog) {
    this.#configs = configs;
    this.#audit = audit;
  }

  async status(caller: Caller, scope: ConfigScope = 'user'): Promise<readonly ClientConfigState[]> {
    requireAccess(caller, { verb: 'inspect', target: 'everything' });
    return Promise.all(
      this.#configs.clients.filter(({ scopes }) => scopes.includes(scope)).map((client) => client.state(scope)),
    );
  }

  put(caller: Caller, request: BootstrapPutRequest): Promise<readonly BootstrapResult[]> {
    const { scope = 'user', dryRun = false, transport = 'stdio' } = request;
    return this.#each(caller, request, 'client.configured', async (config) => {
      const { client } = config;
      const entry = (): GatewayEntry => this.#configs.entry(transport, client);
      if (!dryRun && this.#configs.prepare !== undefined) {
        // A file that cannot be edited is refused before anything is created for it.
        await config.put(entry(), { scope, dryRun: true });
        await this.#configs.prepare({ client, transport, caller });
      }
      return config.put(entry(), { scope, dryRun });
    });
  }

  remove(caller: Caller, request: BootstrapRequest): Promise<readonly BootstrapResult[]> {
    const { scope = 'user', dryRun = false } = request;
    return this.#each(caller, request, 'client.unconfigured', async (config) => {
      const change = await config.remove({ scope, dryRun });
      if (!dryRun && change.updated) await this.#configs.removed?.(config.client);
      return change;
    });
  }

  async #each(
    caller: Caller,
    { clients, dryRun = false }: BootstrapRequest,
    kind: ConfiguredKind,
    work: (client: ClientConfig) => Promise<ClientChange>,
  ): Promise<readonly BootstrapResult[]> {
    requireAccess(caller, { verb: 'provision', target: 'everything' });
    const results: BootstrapResult[] = [];
    // All names are checked before the first file is changed.
    for (const client of clients.map((name) => this.#client(name))) {
      const result = await attempt(client, work);
      results.push(result);
      if (!dryRun) await this.#record(caller, kind, result);
    }
    return results;
  }

  #client(name: string): ClientConfig {
    const found = this.#configs.clients.find(({ client }) => client === name);
    if (found !== undefined) return found;
    throw new ClarityError('REQUEST_INVALID', `unknown client '${toPrintableAscii(name)}'`, {
      field: 'clients',
      hint: `use one of: ${this.#configs.clients.map(({ client }) => client).join(', ')}`,
    });
  }

  async #record(caller: Caller, kind: ConfiguredKind, result: BootstrapResult): Promise<void> {
    const { client, updated } = result;
    const why = 'failure' in result ? { reason: result.failure.code } : { path: result.path };
    await this.#audit?.settle({
      kind: 'failure' in result ? 'client.refused' : kind,
      level: 'failure' in result ? 'warn' : 'info',
      message: 'failure' in result ? `Configuration of ${client} unchanged` : `Configuration of ${client} written`,
      caller,
      data: { client, updated, ...why },
    });
  }
}

async function attempt(
  client: ClientConfig,
  work: (client: ClientConfig) => Promise<ClientChange>,
): Promise<BootstrapResult> {
  try {
    return await work(client);
  } catch (error) {
    if (!isClarityError(error)) throw error;
    return { client: client.client, updated: false, failure: error.failure };
  }
}
