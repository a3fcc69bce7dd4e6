import { isOperator, isSameOwner, type Registrant } from './registrant.ts';

/** Destinations of a stored secret. */
export interface SecretScope {
  /** `host` or `host:port`, in lower case. A host without a port allows every port. */
  readonly hosts: readonly string[];
  /** Namespaces of services; every service if empty. */
  readonly services: readonly string[];
  readonly createdBy: Registrant;
  /** Opaque; every write creates a new one. */
  readonly version: string;
}

/** One use of a secret. `host` is absent for a program, which may send the secret anywhere. */
export interface SecretDestination {
  readonly registrant: Registrant;
  readonly service?: string;
  readonly host?: string;
}

/** Maximum number of hosts, and of services, of one secret. */
export const MAX_SCOPE_ENTRIES = 32;
const MAX_LENGTH = 260;
const PORT = /:(\d{1,5})$/;
const SERVICE = /^[a-z0-9_-]{1,64}$/i;

/** Returns a host of a scope in its stored form; undefined if it is not `host` or `host:port`. */
export function toScopeHost(text: string): string | undefined {
  if (text.length > MAX_LENGTH || /[\s/@?#\\*]/.test(text) || !URL.canParse(`http://${text}/`)) return undefined;
  const { hostname } = new URL(`http://${text}/`);
  const port = PORT.exec(text)?.[1];
  return port === undefined ? hostname : `${hostname}:${String(Number(port))}`;
}

/** Returns whether a text can be the namespace of a service. */
export const isScopeService = (text: string): boolean => SERVICE.test(text);

/**
 * Returns the reason why a secret may not be used for a destination; undefined if it may. A secret without hosts, and a
 * program, which has no host, need the owner of the secret as the registrant of the service, or the operator as the
 * registrant of a service that the secret names.
 */
export function destinationProblem(scope: SecretScope, destination: SecretDestination): string | undefined {
  const { hosts, services, createdBy } = scope;
  const { registrant, service, host } = destination;
  if (service !== undefined && services.length > 0 && !services.includes(service)) {
    return `its services do not include '${service}'`;
  }
  if (host !== undefined && hosts.length > 0) {
    return hosts.some((allowed) => allowed === host || allowed === hostname(host))
      ? undefined
      : `its hosts do not include '${host}'`;
  }
  // The operator who registers a named service decides as its owner.
  const isNamed = service !== undefined && services.includes(service) && isOperator(registrant);
  if (!isNamed && !isSameOwner(createdBy, registrant)) return 'it has no hosts, and another caller stored it';
  if (host === undefined && service !== undefined && hosts.length > 0 && services.length === 0) {
    return `it is only for the hosts ${hosts.join(', ')}, and '${service}' is a program`;
  }
  return undefined;
}

const hostname = (host: string): string => host.replace(PORT, '');

/** Returns the `host:port` of a URL, with the default port of its scheme. */
export const hostOf = ({ hostname: name, port, protocol }: URL): string =>
  `${name}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
