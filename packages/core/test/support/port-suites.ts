import { ClarityError, Secret } from '@clarity-runtime/core';
import { MemoryArtifactStore, MemoryInterfaceStore } from '@clarity-runtime/core/memory';
import type {
  ArtifactStore,
  ClientChange,
  ClientConfig,
  ClientConfigState,
  Connection,
  CredentialProvider,
  GatewayEntry,
  InterfaceStore,
  ServiceConnector,
} from '@clarity-runtime/core/ports';
import {
  artifactStoreContract,
  clientConfigContract,
  credentialProviderContract,
  interfaceStoreContract,
  serviceConnectorContract,
  type TestKit,
} from '@clarity-runtime/core/testing';
import { contractService, inProcess } from './in-process-connector.ts';
import { over, type Mutant } from './mutant-suites.ts';

/** A file that a client configuration changes. */
export interface ConfigFile {
  text: string | undefined;
}

const VALUE = 'value-of-a-credential';

const provider: CredentialProvider = {
  scheme: 'test',
  resolve: (target) => {
    if (target === 'missing') return Promise.reject(new ClarityError('CREDENTIAL_MISSING', target));
    if (target !== 'good') return Promise.reject(new ClarityError('AUTH_REF_INVALID', target));
    return Promise.resolve({ secret: new Secret(VALUE), header: { name: 'authorization', bearer: true } });
  },
  validate: (target) =>
    Promise.resolve(
      target === 'good'
        ? { valid: true, issues: [], headers: ['authorization'] }
        : { valid: false, issues: [`${target} does not resolve`], headers: [] },
    ),
  health: () => Promise.resolve({ healthy: true, detail: 'one credential' }),
};

/** The configuration of a client with one JSON file, `{"servers":{"clarity":…}}`. Its change ends with a line feed. */
const configOver = (file: ConfigFile): ClientConfig => {
  const refused = (): ClarityError => new ClarityError('CLIENT_CONFIG_REFUSED', 'not an object');
  const parsed = (): Record<string, GatewayEntry | string> => {
    if (file.text === undefined) return {};
    if (!/^\{.*\}\n?$/su.test(file.text)) throw refused();
    return (JSON.parse(file.text) as { servers: Record<string, GatewayEntry | string> }).servers;
  };
  const change = (entry: GatewayEntry | undefined, isDry: boolean): ClientChange => {
    const servers = parsed();
    const before = servers['gateway'];
    const isSame = JSON.stringify(before) === JSON.stringify(entry);
    const { gateway: _, ...others } = servers;
    const after = entry === undefined ? others : { ...others, gateway: entry };
    const line = JSON.stringify({ gateway: entry ?? before });
    if (!isSame && !isDry)
      file.text = Object.keys(after).length === 0 ? undefined : `${JSON.stringify({ servers: after })}\n`;
    return {
      client: 'test',
      path: '/config.json',
      updated: !isSame,
      next: 'restart the client',
      diff: isSame ? '' : `${entry === undefined ? '-' : '+'}${line}\n`,
      entry: isSame ? '' : line,
    };
  };
  const guarded = (scope: string, work: () => ClientChange): Promise<ClientChange> =>
    scope === 'user'
      ? Promise.resolve().then(work)
      : Promise.reject(new ClarityError('REQUEST_INVALID', 'the scope is not supported'));
  return {
    client: 'test',
    scopes: ['user'],
    transports: ['stdio', 'http'],
    state: () => {
      const common = { client: 'test', path: '/config.json', present: true };
      let entry: GatewayEntry | string | undefined;
      try {
        entry = parsed()['gateway'];
      } catch {
        return Promise.resolve({ ...common, configured: false, problem: 'not an object' });
      }
      if (typeof entry !== 'object') return Promise.resolve({ ...common, configured: false });
      const { transport } = entry;
      const own = transport === 'http' ? { endpoint: entry.url } : { command: entry.command, args: entry.args };
      return Promise.resolve({ ...common, configured: true, transport, ...own } satisfies ClientConfigState);
    },
    put: (entry, { scope, dryRun = false }) => guarded(scope, () => change(entry, dryRun)),
    remove: ({ scope, dryRun = false }) => guarded(scope, () => change(undefined, dryRun)),
  };
};

/** Each suite over an adapter in this process; a mutant replaces members of every handle. */
export const PORT_SUITES = {
  artifacts: (kit: TestKit, mutant: Mutant<ArtifactStore>) => {
    artifactStoreContract(kit, 'mutant', () => {
      const inner = new MemoryArtifactStore();
      return Promise.resolve(over<ArtifactStore>(inner, mutant(inner)));
    });
  },
  interfaces: (kit: TestKit, mutant: Mutant<InterfaceStore>) => {
    interfaceStoreContract(kit, 'mutant', () => {
      const inner = new MemoryInterfaceStore();
      return Promise.resolve(over<InterfaceStore>(inner, mutant(inner)));
    });
  },
  credentials: (kit: TestKit, mutant: Mutant<CredentialProvider>) => {
    credentialProviderContract(kit, 'mutant', () =>
      Promise.resolve({
        provider: over<CredentialProvider>(provider, mutant(provider)),
        good: 'good',
        value: VALUE,
        missing: 'missing',
        bad: ['', '../x', 'a b'],
      }),
    );
  },
  clients: (kit: TestKit, mutant: (inner: ClientConfig, file: ConfigFile) => Partial<ClientConfig>) => {
    clientConfigContract(kit, 'mutant', () => {
      const file: ConfigFile = { text: undefined };
      const inner = configOver(file);
      return Promise.resolve({
        config: over<ClientConfig>(inner, mutant(inner, file)),
        read: () => Promise.resolve(file.text),
        write: (text) => {
          file.text = text;
          return Promise.resolve();
        },
        usual: '{"servers":{"other":"x"}}\n',
        hopeless: ['[]', 'not json', '{"servers":{}} trailing'],
      });
    });
  },
  connectors: (kit: TestKit, mutant: (inner: Connection) => Partial<Connection>) => {
    const connector: ServiceConnector = {
      ...inProcess,
      connect: async (...given) => {
        const inner = await inProcess.connect(...given);
        return over<Connection>(inner, mutant(inner));
      },
    };
    serviceConnectorContract(kit, 'mutant', () =>
      Promise.resolve({ connector, service: contractService(), close: () => Promise.resolve() }),
    );
  },
};
