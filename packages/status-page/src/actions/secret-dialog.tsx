import type { ServiceReply } from '@clarity-runtime/api-contract';
import type { ServiceEntry } from '../api/model.ts';
import { send, type ApiResult } from '../api/request.ts';
import { fetchService, operateAll, operate } from '../api/services.ts';
import { Field, fieldOf, openDialog } from '../parts/dialog.tsx';
import { Facts } from '../parts/layout.tsx';
import { toSentence } from '../state/actions.ts';
import { showToast } from '../state/toasts.ts';
import { toVisible } from '../text/hidden-characters.ts';

interface SecretRequest {
  readonly service: ServiceEntry;
  readonly services: readonly ServiceEntry[];
  /** A variable of the environment, or a reference such as `file:crm-key`. */
  readonly name: string;
  readonly verb: 'set' | 'replace';
}

/** Asks for the value of a variable or secret, stores it, and starts the services that use it. */
export function askForSecret({ service, services, name, verb }: SecretRequest): void {
  const shown = toVisible(name);
  const authRef = verb === 'replace' ? name : `file:${service.ns}-${name.toLowerCase()}`;
  openDialog({
    title: verb === 'set' ? `Set ${shown} for ${toVisible(service.ns)}` : `Replace ${shown}`,
    action: 'Store and start',
    body: (
      <>
        <Field
          label="Value"
          name="secret"
          type="password"
          hint="Stored on the machine of clarityd, readable by its user only. It is never shown again."
        />
        <Facts rows={[['Stored as', <code key="ref">{toVisible(authRef)}</code>]]} />
      </>
    ),
    onSubmit: async (form) => {
      const value = fieldOf(form, 'secret');
      if (value === '') return 'The value is empty.';
      const stored = await storeSecret(authRef, value);
      form.reset();
      if (stored.kind !== 'ok') return toSentence(stored);
      const named = verb === 'set' ? await nameInManifest(service.id, name, authRef) : stored;
      if (named.kind !== 'ok') return toSentence(named);
      const failures = await operateAll(
        services.map(({ id }) => id),
        (id) => operate(id, 'restart'),
      );
      const [failure] = failures.values();
      if (failure !== undefined) return toSentence(failure);
      showToast(`${shown} is stored. ${toVisible(service.ns)} runs.`);
      return undefined;
    },
  });
}

/** Stores a secret under a reference such as `file:github`. No reply contains its value. */
export const storeSecret = (authRef: string, secret: string): Promise<ApiResult<unknown>> =>
  send('POST', '/api/security/auth/secrets', { auth_ref: authRef, secret });

/** Adds the variable to the manifest of a process, as a reference to the secret. Another change in between is a conflict. */
async function nameInManifest(id: string, name: string, authRef: string): Promise<ApiResult<unknown>> {
  const fetched = await fetchService(id);
  if (fetched.kind !== 'ok') return fetched;
  const { manifest, digest } = fetched.value.service;
  const changed = withVariable(manifest, name, authRef);
  return send('POST', '/api/services/apply', { manifest: changed, digest });
}

/** Returns the manifest with one variable of its process taken from a credential. */
export function withVariable(manifest: ServiceReply['manifest'], name: string, authRef: string): unknown {
  const origin = manifest.spec.origin as { readonly env?: readonly { readonly name?: unknown }[] };
  const others = (origin.env ?? []).filter((one) => one.name !== name);
  const env = [...others, { name, secretRef: authRef }];
  return { ...manifest, spec: { ...manifest.spec, origin: { ...manifest.spec.origin, env } } };
}
