import { headerValueProblem, MIN_HIDDEN_LENGTH } from '../../domain/access/secret-rules.ts';
import { isScopeService, MAX_SCOPE_ENTRIES, toScopeHost } from '../../domain/access/secret-scope.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { SecretDestinations } from '../../ports/inbound/secret-operations.ts';

/** @throws ClarityError REQUEST_INVALID for a malformed host or service, or more than 32 of a kind. */
export function checkedDestinations({ hosts, services }: SecretDestinations): SecretDestinations {
  for (const [field, entries = []] of [['hosts', hosts] as const, ['services', services] as const]) {
    if (entries.length <= MAX_SCOPE_ENTRIES) continue;
    throw new ClarityError('REQUEST_INVALID', `at most ${String(MAX_SCOPE_ENTRIES)} ${field} are allowed`, { field });
  }
  const scopeHosts = hosts?.map((text, at) => {
    const host = toScopeHost(text);
    if (host !== undefined) return host;
    throw new ClarityError('REQUEST_INVALID', 'a host of a secret is `host` or `host:port`', {
      field: `hosts[${String(at)}]`,
      hint: 'write the host of the endpoint, for example api.example.com',
    });
  });
  const bad = services?.findIndex((name) => !isScopeService(name)) ?? -1;
  if (bad >= 0) {
    const field = `services[${String(bad)}]`;
    throw new ClarityError('REQUEST_INVALID', 'a service of a secret is the name of a service', { field });
  }
  return {
    ...(scopeHosts === undefined ? {} : { hosts: [...new Set(scopeHosts)].sort() }),
    ...(services === undefined ? {} : { services: [...new Set(services)].sort() }),
  };
}

/** Returns the lists that are not empty. */
export const writtenScope = ({ hosts = [], services = [] }: SecretDestinations = {}): SecretDestinations => ({
  ...(hosts.length === 0 ? {} : { hosts }),
  ...(services.length === 0 ? {} : { services }),
});

/** Returns the uses for which a value is not suitable. */
export function warningsOf(value: string): { readonly warnings?: readonly string[] } {
  const problem = headerValueProblem(value);
  const warnings = [
    ...(problem === undefined ? [] : [`the value ${problem}: only the environment of a child process can carry it`]),
    ...(value.length < MIN_HIDDEN_LENGTH
      ? [`the value has fewer than ${String(MIN_HIDDEN_LENGTH)} characters: it is not hidden in results of services`]
      : []),
  ];
  return warnings.length === 0 ? {} : { warnings };
}
