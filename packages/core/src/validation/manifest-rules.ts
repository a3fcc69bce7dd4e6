import { ClarityError } from '../domain/errors/clarity-error.ts';
import type { RemoteMcpOrigin, ServicePolicy, ServiceSurface, Manifest, Origin } from '../domain/services/manifest.ts';
import { hasHiddenCharacters } from '../domain/text/hidden-characters.ts';
import { displayed } from './schema-problem.ts';
import { isOwnVariable, parseAuthRef } from '../domain/access/auth-ref.ts';
import { deriveServiceId } from '../domain/services/service-id.ts';

type Alias = readonly [older: keyof RemoteMcpOrigin, newer: keyof ServicePolicy];

const ALIASES: readonly Alias[] = [
  ['timeoutMs', 'timeoutMs'],
  ['allowedTools', 'allowTools'],
  ['maxPayloadBytes', 'maxRequestBytes'],
  ['maxPayloadBytes', 'maxResponseBytes'],
  ['maxConcurrency', 'maxConcurrency'],
];

/** A field and its older name may both be given when they say the same; otherwise nobody knows which one was meant. */
export function checkAliases(origin: RemoteMcpOrigin, policy: ServicePolicy): void {
  for (const [older, newer] of ALIASES) {
    if (origin[older] === undefined || policy[newer] === undefined) continue;
    if (textOf(origin[older]) === textOf(policy[newer])) continue;
    const field = `spec.policy.${newer}`;
    throw new ClarityError('MANIFEST_INVALID', `${field} and spec.origin.${older} say different things`, {
      field,
      hint: `remove spec.origin.${older}: it is the older name of ${field}`,
    });
  }
}

/** Lists of names are sets: their order says nothing. */
const textOf = (value: unknown): string => JSON.stringify(Array.isArray(value) ? value.toSorted() : value);

/** Descriptions have only what a person sees, and no two tools that are written here end with one name. */
export function checkSurface({ tools = {} }: ServiceSurface): void {
  const holders = new Map<string, string>();
  for (const [tool, { name = tool, description = '' }] of Object.entries(tools)) {
    const path = displayed(`spec.surface.tools.${tool}`);
    if (hasHiddenCharacters(description)) {
      const field = `${path}.description`;
      throw new ClarityError('MANIFEST_INVALID', `${field} must be text without characters that nobody sees`, {
        field,
        hint: 'take out controls besides tab and line ends, and what reorders, joins or fills without a width',
      });
    }
    const holder = holders.get(name);
    if (holder !== undefined) {
      const field = `${path}.name`;
      throw new ClarityError('MANIFEST_INVALID', `${field} and ${holder}.name must not end as the same name`, {
        field,
        hint: 'give one of the two tools another name; a tool without one keeps its own',
      });
    }
    holders.set(name, path);
  }
}

/** What a manifest must keep besides its schema. Refuses with MANIFEST_INVALID and never repeats a value. */
export function checkRules(manifest: Manifest): void {
  checkIdentity(manifest);
  const { origin, policy, surface } = manifest.spec;
  checkSurface(surface ?? {});
  if (origin.type === 'remote_mcp') {
    checkEndpoint(origin.endpoint);
    checkAliases(origin, policy ?? {});
  }
  for (const [field, reference] of references(origin)) {
    if (!isOwnVariable(variableOf(reference))) continue;
    throw new ClarityError('MANIFEST_INVALID', `${field} must not name a variable of the runtime itself`, {
      field,
      hint: 'put the credential into a variable of its own; the runtime never sends its own tokens to a service',
    });
  }
}

function checkIdentity(manifest: Manifest): void {
  const { serviceId } = manifest.metadata;
  const derived = deriveServiceId(manifest);
  if (serviceId === undefined || serviceId === derived) return;
  throw new ClarityError('MANIFEST_INVALID', `metadata.serviceId must be '${derived}'`, {
    field: 'metadata.serviceId',
    hint: 'leave it out: the id follows from what the service is and where',
  });
}

function checkEndpoint(endpoint: string): void {
  const field = 'spec.origin.endpoint';
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined) throw new ClarityError('MANIFEST_INVALID', `${field} must be a valid http(s) URL`, { field });
  if (url.username === '' && url.password === '') return;
  throw new ClarityError('MANIFEST_INVALID', `${field} must not hold credentials`, {
    field,
    hint: 'take the user and the password out of the URL and name a credential in spec.origin.authRef',
  });
}

function references(origin: Origin): readonly (readonly [field: string, reference: string])[] {
  if (origin.type === 'remote_mcp') {
    return origin.authRef === undefined ? [] : [['spec.origin.authRef', origin.authRef]];
  }
  return (origin.env ?? []).flatMap(({ secretRef }, i) =>
    secretRef === undefined ? [] : [[`spec.origin.env[${String(i)}].secretRef`, secretRef] as const],
  );
}

/** The variable that a reference `env:VAR` or `header_env:Header:VAR` reads; empty for the other kinds. */
function variableOf(reference: string): string {
  const { scheme, target } = parseAuthRef(reference);
  if (scheme === 'env') return target;
  return scheme === 'header_env' ? target.slice(target.indexOf(':') + 1).trim() : '';
}
