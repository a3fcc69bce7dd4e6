import { isOwnVariable, parseAuthRef } from '../domain/access/auth-ref.ts';
import { ClarityError } from '../domain/errors/clarity-error.ts';
import type { Manifest, Origin } from '../domain/services/manifest.ts';
import { deriveServiceId } from '../domain/services/service-id.ts';
import { checkAliases } from './policy-aliases.ts';
import { checkSurface } from './surface-rules.ts';

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
