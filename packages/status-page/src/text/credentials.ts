/** One reference to a credential in a manifest. */
export interface ManifestCredential {
  readonly authRef: string;
  /** Its place in words, such as `variable API_KEY`. */
  readonly where: string;
  readonly purpose: 'header' | 'env';
}

interface OriginWithCredentials {
  readonly authRef?: unknown;
  readonly env?: unknown;
  readonly headers?: unknown;
}

interface NamedReference {
  readonly name?: unknown;
  readonly secretRef?: unknown;
}

/** Returns the references of a manifest in their order. Values are never part of them. */
export function findCredentials(manifest: {
  readonly spec: { readonly origin: unknown };
}): readonly ManifestCredential[] {
  const origin = Object(manifest.spec.origin) as OriginWithCredentials;
  const own: readonly ManifestCredential[] =
    typeof origin.authRef === 'string' ? [{ authRef: origin.authRef, where: 'credential', purpose: 'header' }] : [];
  return [...own, ...named(origin.env, 'variable', 'env'), ...named(origin.headers, 'header', 'header')];
}

function named(list: unknown, noun: string, purpose: ManifestCredential['purpose']): readonly ManifestCredential[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly NamedReference[]).flatMap(({ name, secretRef }) =>
    typeof secretRef === 'string' ? [{ authRef: secretRef, where: `${noun} ${String(name)}`, purpose }] : [],
  );
}
