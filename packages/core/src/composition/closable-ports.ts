import type { Caller } from '../domain/access/caller.ts';
import { assertOwnTenant } from '../domain/access/tenant.ts';
import { ClarityError } from '../domain/errors/clarity-error.ts';
import type { Runtime } from '../ports/inbound/runtime.ts';

/** Members of a port that return no promise, so that they throw. */
type Immediate<Port> = {
  [Name in keyof Port]: Port[Name] extends (...args: never[]) => Promise<unknown> ? never : Name;
}[keyof Port];

/** The inbound ports of a runtime whose operations end with it. */
export type ClosablePorts = Pick<
  Runtime,
  | 'services'
  | 'secrets'
  | 'bootstrap'
  | 'policies'
  | 'gateway'
  | 'tools'
  | 'audit'
  | 'interfaces'
  | 'approvals'
  | 'tokens'
  | 'profiles'
  | 'logins'
  | 'trust'
  | 'overview'
>;

/** The type lists each member: a new operation without its row does not compile. */
const IMMEDIATE: { readonly [Name in keyof ClosablePorts]: Readonly<Record<Immediate<ClosablePorts[Name]>, true>> } = {
  services: { list: true, unsupported: true, get: true },
  secrets: {},
  bootstrap: {},
  policies: { list: true, get: true, show: true, test: true },
  gateway: { open: true, paramHeaders: true, scopesNeeded: true },
  tools: {},
  audit: { cursorOf: true },
  interfaces: {},
  approvals: {},
  tokens: { authenticate: true },
  profiles: { bind: true },
  logins: { started: true, cancel: true, invited: true, awaits: true },
  trust: {},
  overview: {
    position: true,
    changes: true,
    words: true,
    minute: true,
    series: true,
    sparks: true,
    calls: true,
    clients: true,
    callsAfter: true,
  },
};

/** Returns the error of an operation on a closed runtime. */
export const runtimeClosed = (): ClarityError => new ClarityError('RUNTIME_CLOSED', '');

type Operation = (...args: readonly unknown[]) => unknown;

/** State, tenant and language of the doors of a runtime. */
export interface PortDoors {
  readonly tenant: string;
  readonly isClosed: () => boolean;
  /** Returns an error in the words of the embedder. */
  readonly inWords: (error: unknown) => unknown;
}

/**
 * Returns the ports with operations that throw, or reject with, RUNTIME_CLOSED when the runtime is closed and REQUEST_INVALID for a
 * caller of another tenant, and whose errors have the words of the embedder.
 */
export function closablePorts(ports: ClosablePorts, doors: PortDoors): ClosablePorts {
  const wrapped = Object.entries(ports).map(([name, port]: [string, object]) => {
    const immediate: Readonly<Record<string, true>> = IMMEDIATE[name as keyof ClosablePorts];
    return [name, closable(port as Readonly<Record<string, Operation>>, immediate, doors)] as const;
  });
  return Object.fromEntries(wrapped) as unknown as ClosablePorts;
}

function closable(
  port: Readonly<Record<string, Operation>>,
  immediate: Readonly<Record<string, true>>,
  { isClosed, inWords, tenant }: PortDoors,
): Readonly<Record<string, Operation>> {
  const operations = operationsOf(port).map((name): [string, Operation] => [
    name,
    (...args) => {
      if (isClosed()) {
        if (immediate[name] === true) throw runtimeClosed();
        return Promise.reject(runtimeClosed());
      }
      const foreign = foreignCaller(args[0], tenant);
      if (foreign !== undefined) {
        if (immediate[name] === true) throw inWords(foreign);
        return Promise.reject(asError(inWords(foreign)));
      }
      try {
        const result = port[name]?.(...args);
        if (!(result instanceof Promise)) return result;
        return result.catch((error: unknown) => {
          throw inWords(error);
        });
      } catch (error) {
        throw inWords(error);
      }
    },
  ]);
  return Object.fromEntries(operations);
}

/** Returns the refusal of a caller of another tenant. A caller is the first argument of an operation, or its member `caller`. */
export function foreignCaller(first: unknown, tenant: string): ClarityError | undefined {
  if (typeof first !== 'object' || first === null) return undefined;
  const caller = 'caller' in first ? first.caller : first;
  // The record of a caller in an event has no principal.
  if (typeof caller !== 'object' || caller === null || !('principal' in caller)) return undefined;
  try {
    assertOwnTenant(caller as Caller, tenant);
    return undefined;
  } catch (error) {
    return error as ClarityError;
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** Returns the names of the methods of an object, also of those of its class. */
function operationsOf(port: object): readonly string[] {
  const names = new Set<string>();
  for (let level: object = port; level !== Object.prototype; level = Object.getPrototypeOf(level) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level)))
      if (name !== 'constructor' && typeof value === 'function') names.add(name);
  }
  return [...names];
}
