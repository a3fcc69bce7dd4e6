import { ClarityError } from '../domain/errors/clarity-error.ts';
import type { EnvironmentEntry, ServicePolicy, ServiceSurface, Manifest, Origin } from '../domain/services/manifest.ts';
import { originKind, originMember, type OriginKind, type OriginKinds } from '../domain/services/origin-kinds.ts';
import { hasHiddenCharacters } from '../domain/text/hidden-characters.ts';
import { displayed } from './schema-problem.ts';
import { manifestReferences } from '../domain/services/manifest-references.ts';
import { isOwnVariable, isReservedHeader, parseAuthRef } from '../domain/access/auth-ref.ts';
import { deriveServiceId } from '../domain/services/service-id.ts';

/**
 * Checks that an older member of the origin and its knob in `spec.policy` have the same value if both are given.
 * @throws ClarityError MANIFEST_INVALID when they differ.
 */
export function checkAliases(origin: Origin, policy: ServicePolicy, { legacyPolicy }: OriginKind): void {
  for (const [older, newer] of legacyPolicy) {
    const value = originMember(origin, older);
    if (value === undefined || policy[newer] === undefined) continue;
    if (textOf(value) === textOf(policy[newer])) continue;
    const field = `spec.policy.${newer}`;
    throw new ClarityError('MANIFEST_INVALID', `${field} and spec.origin.${older} have different values`, {
      field,
      hint: `remove spec.origin.${older}: it is the older name of ${field}`,
    });
  }
}

/** Lists of names are sets: their order has no meaning. */
const textOf = (value: unknown): string => JSON.stringify(Array.isArray(value) ? value.toSorted() : value);

/**
 * Checks that descriptions contain only visible characters and that no two listed tools get the same name.
 * @throws ClarityError MANIFEST_INVALID.
 */
export function checkSurface({ tools = {}, instructions = '' }: ServiceSurface): void {
  const holders = new Map<string, string>();
  if (hasHiddenCharacters(instructions)) {
    const field = 'spec.surface.instructions';
    throw new ClarityError('MANIFEST_INVALID', `${field} must not contain hidden characters`, {
      field,
      hint: 'remove control characters except tab and line break, and characters that reorder, join or fill without a width',
    });
  }
  for (const [tool, { name = tool, description = '' }] of Object.entries(tools)) {
    const path = displayed(`spec.surface.tools.${tool}`);
    if (hasHiddenCharacters(description)) {
      const field = `${path}.description`;
      throw new ClarityError('MANIFEST_INVALID', `${field} must not contain hidden characters`, {
        field,
        hint: 'remove control characters except tab and line break, and characters that reorder, join or fill without a width',
      });
    }
    const holder = holders.get(name);
    if (holder !== undefined) {
      const field = `${path}.name`;
      throw new ClarityError('MANIFEST_INVALID', `${field} and ${holder}.name must not result in the same name`, {
        field,
        hint: 'give one of the two tools another name; a tool without a name keeps its own',
      });
    }
    holders.set(name, path);
  }
}

/**
 * Checks the rules of a manifest that its schema cannot express.
 * @throws ClarityError MANIFEST_INVALID, without any value of the manifest.
 */
export function checkRules(manifest: Manifest, kinds: OriginKinds): void {
  checkIdentity(manifest, kinds);
  const { origin, policy, surface } = manifest.spec;
  const kind = originKind(origin.type, kinds);
  checkSurface(surface ?? {});
  checkIsolation(manifest.spec, kind);
  checkCapabilities(manifest.spec);
  checkValues(origin);
  if (kind.url !== undefined) checkUrl(`spec.origin.${kind.url}`, String(originMember(origin, kind.url)), kind);
  checkAliases(origin, policy ?? {}, kind);
  for (const { field, reference } of manifestReferences(manifest, kinds)) {
    if (!isOwnVariable(variableOf(reference))) continue;
    throw new ClarityError('MANIFEST_INVALID', `${field} must not name a variable of the runtime itself`, {
      field,
      hint: 'put the credential into another variable; the runtime never sends its own tokens to a service',
    });
  }
}

/** A member that the connector cannot enforce must not look as if it were enforced. */
function checkIsolation({ limits, sandbox, origin }: Manifest['spec'], { hasProcess }: OriginKind): void {
  const isSandboxed = sandbox !== undefined && sandbox !== 'none';
  if (hasProcess === true || (limits === undefined && !isSandboxed)) return;
  const field = isSandboxed ? 'spec.sandbox' : 'spec.limits';
  throw new ClarityError('MANIFEST_INVALID', `${field} must not be set for an origin of type ${origin.type}`, {
    field,
    hint: 'remove it: only services of type local_process have it',
  });
}

function checkCapabilities({ capabilities, origin }: Manifest['spec']): void {
  if (capabilities === undefined) return;
  if (origin.type !== 'local_wasm') {
    throw new ClarityError(
      'MANIFEST_INVALID',
      `spec.capabilities must not be set for an origin of type ${origin.type}`,
      {
        field: 'spec.capabilities',
        hint: 'remove it: only WebAssembly components have capabilities',
      },
    );
  }
  const own = capabilities.env?.findIndex(isOwnVariable) ?? -1;
  if (own < 0) return;
  const field = `spec.capabilities.env[${String(own)}]`;
  throw new ClarityError('MANIFEST_INVALID', `${field} must not name a variable of the runtime itself`, { field });
}

function checkIdentity(manifest: Manifest, kinds: OriginKinds): void {
  const { serviceId } = manifest.metadata;
  const derived = deriveServiceId(manifest, kinds);
  if (serviceId === undefined || serviceId === derived) return;
  throw new ClarityError('MANIFEST_INVALID', `metadata.serviceId must be '${derived}'`, {
    field: 'metadata.serviceId',
    hint: 'leave it out: the id is derived from the source, the module and the origin',
  });
}

function checkUrl(field: string, text: string, { credential }: OriginKind): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw new ClarityError('MANIFEST_INVALID', `${field} must be a valid http(s) URL`, { field });
  if (url.username === '' && url.password === '') return;
  const member = credential === undefined ? '' : ` and name a credential in spec.origin.${credential}`;
  throw new ClarityError('MANIFEST_INVALID', `${field} must not contain credentials`, {
    field,
    hint: `remove the user and the password from the URL${member}`,
  });
}

/** Checks names of headers, and placeholders in places that are not expanded. */
function checkValues(origin: Origin): void {
  const {
    headers = [],
    command,
    endpoint,
  } = origin as { headers?: EnvironmentEntry[]; command?: string; endpoint?: string };
  for (const [at, { name }] of headers.entries()) {
    if (!isReservedHeader(name) && !HOP_BY_HOP.test(name)) continue;
    const field = `spec.origin.headers[${String(at)}].name`;
    throw new ClarityError('MANIFEST_INVALID', `${field} must not be a header of the transport`, { field });
  }
  const host = /^[a-z]+:\/\/([^/?#]*)/i.exec(endpoint ?? '')?.[1] ?? '';
  for (const [field, text] of [
    ['spec.origin.command', command ?? ''],
    ['spec.origin.endpoint', host],
  ] as const) {
    if (!text.includes('${')) continue;
    throw new ClarityError('MANIFEST_INVALID', `${field} must not have a placeholder in ${PLACES[field]}`, {
      field,
      hint: 'write it in full; ${env:NAME} and ${secret:REF} are expanded in path, query, headers, args, cwd and env',
    });
  }
}

const HOP_BY_HOP = /^(proxy-connection|trailers?)$/i;
const PLACES = { 'spec.origin.command': 'the program', 'spec.origin.endpoint': 'the host' } as const;

/** Returns the variable of a reference `env:VAR` or `header_env:Header:VAR`; empty for other schemes. */
function variableOf(reference: string): string {
  const { scheme, target } = parseAuthRef(reference);
  if (scheme === 'env') return target;
  return scheme === 'header_env' ? target.slice(target.indexOf(':') + 1).trim() : '';
}
