import { CONNECTION_MUTANTS } from './connection-mutants.ts';
import { never } from './mutant-suites.ts';
import type { PORT_SUITES } from './port-suites.ts';

/** Adapters with one fault each, for the ports that are not stores of records. Every suite must reject each of its mutants. */
export const PORT_MUTANTS: {
  readonly [Name in keyof typeof PORT_SUITES]: Readonly<Record<string, Parameters<(typeof PORT_SUITES)[Name]>[1]>>;
} = {
  artifacts: {
    'all kinds have the same artifacts': (inner) => ({
      put: (tenant, _, bytes) => inner.put(tenant, 'wasm', bytes),
      get: (tenant, _, sha256) => inner.get(tenant, 'wasm', sha256),
    }),
    'all tenants have the same artifacts': (inner) => ({
      put: (_, kind, bytes) => inner.put('default', kind, bytes),
      get: (_, kind, sha256) => inner.get('default', kind, sha256),
    }),
    'the key is not the digest': (inner) => {
      const keys = new Map<string, string>();
      return {
        put: async (...given) => {
          const sha256 = await inner.put(...given);
          keys.set('0'.repeat(64), sha256);
          return '0'.repeat(64);
        },
        get: (tenant, kind, key) => inner.get(tenant, kind, keys.get(key) ?? key),
      };
    },
    'a second put of the same bytes is a conflict': (inner) => {
      const seen = new Set<string>();
      return {
        put: async (...given) => {
          const sha256 = await inner.put(...given);
          if (seen.has(sha256)) throw new Error('stored already');
          seen.add(sha256);
          return sha256;
        },
      };
    },
    'the array of the caller is stored': () => {
      const stored = new Map<string, Uint8Array>();
      return {
        put: (tenant, kind, bytes) => {
          const key = '4dbf'.padEnd(64, '0');
          stored.set([tenant, kind, key].join(), bytes);
          return Promise.resolve(key);
        },
        get: (...key) => Promise.resolve(stored.get(key.join())),
      };
    },
    'the stored array is returned': (inner) => {
      const returned = new Map<string, Uint8Array | undefined>();
      return {
        get: async (...given) => {
          const key = given.join();
          if (!returned.has(key)) returned.set(key, await inner.get(...given));
          return returned.get(key);
        },
      };
    },
    'an absent artifact is empty': (inner) => ({
      get: async (...given) => (await inner.get(...given)) ?? new Uint8Array(),
    }),
    'nothing is stored': (inner) => ({ get: () => Promise.resolve(undefined), put: (...given) => inner.put(...given) }),
    'a get never answers': () => ({ get: never }),
  },
  interfaces: {
    'the first document stays': (inner) => ({
      save: async (tenant, id, document) => {
        if ((await inner.load(tenant, id)) === undefined) await inner.save(tenant, id, document);
      },
    }),
    'white space at the end is removed': (inner) => ({
      load: async (tenant, id) => (await inner.load(tenant, id))?.trimEnd(),
    }),
    'characters outside of the basic plane are replaced': (inner) => ({
      load: async (tenant, id) =>
        (await inner.load(tenant, id))?.replace(/[\ud800-\udfff]+/gu, '?').replace(/\p{So}/gu, '?'),
    }),
    'a key matches by its beginning': (inner) => ({
      load: async (tenant, id) => (await inner.load(tenant, id)) ?? (await inner.load(tenant, id.slice(0, -1))),
    }),
    'ids are resolved as paths': (inner) => {
      const resolved = (id: string): string => new URL(`file:///${id}`).pathname.split('/').slice(0, 2).join('/');
      return {
        load: (tenant, id) => inner.load(tenant, resolved(id)),
        save: (tenant, id, document) => inner.save(tenant, resolved(id), document),
      };
    },
    'all tenants have the same documents': (inner) => ({
      load: (_, id) => inner.load('default', id),
      save: (_, id, document) => inner.save('default', id, document),
    }),
    'remove removes nothing': () => ({ remove: () => Promise.resolve() }),
    'remove removes all documents': (inner) => {
      const ids = new Set<string>();
      return {
        save: (tenant, id, document) => {
          ids.add(id);
          return inner.save(tenant, id, document);
        },
        remove: async (tenant) => {
          for (const id of ids) await inner.remove(tenant, id);
        },
      };
    },
    'a second remove is an error': (inner) => ({
      remove: async (tenant, id) => {
        if ((await inner.load(tenant, id)) === undefined) throw new Error('absent');
        await inner.remove(tenant, id);
      },
    }),
  },
  credentials: {
    'every target resolves': (inner) => ({ resolve: (_, request) => inner.resolve('good', request) }),
    'a missing credential is a bad reference': (inner) => ({
      resolve: (target, request) => inner.resolve(target === 'missing' ? 'bad' : target, request),
    }),
    'a bad reference is a missing credential': (inner) => ({
      resolve: (target, request) => inner.resolve(target === 'good' ? target : 'missing', request),
    }),
    'a refusal is no error of the product': (inner) => ({
      resolve: (target, request) =>
        inner.resolve(target, request).catch(() => {
          throw new Error('refused');
        }),
    }),
    'validate accepts everything': (inner) => ({ validate: (_, use) => inner.validate('good', use) }),
    'validate names no problem': (inner) => ({
      validate: async (target, use) => ({ ...(await inner.validate(target, use)), issues: [] }),
    }),
    'validate names no header': (inner) => ({
      validate: async (target, use) => ({ ...(await inner.validate(target, use)), headers: [] }),
    }),
    'health contains the value': (inner) => ({
      health: async () => {
        const health = await inner.health();
        return { ...health, detail: `${health.detail} value-of-a-credential` };
      },
    }),
    'a credential prints its value': (inner) => ({
      resolve: async (target, request) => {
        const credential = await inner.resolve(target, request);
        const value = credential.secret.reveal();
        return { ...credential, secret: { reveal: () => value, toString: () => value } as never };
      },
    }),
  },
  clients: {
    'a put writes nothing': (inner) => ({ put: (entry, target) => inner.put(entry, { ...target, dryRun: true }) }),
    'a dry run writes': (inner) => ({
      put: (entry, target) => inner.put(entry, { ...target, dryRun: false }),
      remove: (target) => inner.remove({ ...target, dryRun: false }),
    }),
    'a put replaces the entries of the user': (inner, file) => ({
      put: (entry, target) => {
        if (target.dryRun !== true && file.text?.includes('"other"') === true) file.text = '{"servers":{}}\n';
        return inner.put(entry, target);
      },
    }),
    'remove leaves an empty file': (inner, file) => ({
      remove: async (target) => {
        const change = await inner.remove(target);
        file.text ??= '{"servers":{}}\n';
        return change;
      },
    }),
    'a second put is a change': (inner) => ({
      put: async (entry, target) => ({ ...(await inner.put(entry, target)), updated: true }),
    }),
    'the entry contains the whole file': (inner, file) => ({
      put: async (entry, target) => {
        const change = await inner.put(entry, target);
        return change.entry === '' ? change : { ...change, entry: `${change.entry}${file.text ?? ''}` };
      },
    }),
    'a file that cannot be read is replaced': (inner, file) => ({
      put: (entry, target) =>
        inner.put(entry, target).catch(() => {
          file.text = undefined;
          return inner.put(entry, target);
        }),
    }),
    'a file that cannot be read is an internal error': (inner) => ({
      put: (entry, target) =>
        inner.put(entry, target).catch(() => {
          throw new TypeError('parse');
        }),
    }),
    'the state of a file that cannot be read is configured': (inner) => ({
      state: async (scope) => {
        const state = await inner.state(scope);
        return state.problem === undefined ? state : { ...state, configured: true };
      },
    }),
    'state has the transport of the first entry': (inner) => ({
      state: async (scope) => ({ ...(await inner.state(scope)), transport: 'stdio' }),
    }),
    'every scope is the user': (inner) => ({
      put: (entry, target) => inner.put(entry, { ...target, scope: 'user' }),
    }),
    'the file contains a token': (inner) => ({
      put: (entry, target) => inner.put({ ...entry, tokenVariable: 'the token itself' }, target),
    }),
  },
  connectors: CONNECTION_MUTANTS,
};
