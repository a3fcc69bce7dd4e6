import { createPrivateKey, type webcrypto } from 'node:crypto';
import { ClarityError, type Secret } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { OAuthClient } from '@clarity-runtime/core/ports';
import type * as OAuth from 'oauth4webapi';

/** Returns how a client identifies itself. @throws ClarityError LOGIN_CLIENT_NEEDED without its secret or its key. */
export async function authenticationOf(
  oauth: typeof OAuth,
  { id, method, secret, key }: OAuthClient,
): Promise<OAuth.ClientAuth> {
  if (method === 'none') return oauth.None();
  if (method === 'private_key_jwt') return oauth.PrivateKeyJwt(await signingKey(id, key));
  if (secret === undefined) {
    throw new ClarityError('LOGIN_CLIENT_NEEDED', `the client ${toPrintableAscii(id, 200)} has no secret`, {
      field: 'spec.origin.auth.client.secretRef',
      hint: 'store the secret with `clarityctl auth set-secret`, then set spec.origin.auth.client.secretRef',
    });
  }
  const text = secret.reveal();
  return method === 'client_secret_post' ? oauth.ClientSecretPost(text) : oauth.ClientSecretBasic(text);
}

const ALGORITHMS: Readonly<
  Record<string, webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams | webcrypto.Algorithm>
> = {
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ec: { name: 'ECDSA', namedCurve: 'P-256' },
  ed25519: { name: 'Ed25519' },
};

/** RFC 7523 §2.2: a key of RSA, P-256 or Ed25519 in PKCS #8. */
async function signingKey(id: string, key: Secret | undefined): Promise<webcrypto.CryptoKey> {
  const refused = (): ClarityError =>
    new ClarityError('LOGIN_CLIENT_NEEDED', `the key of client ${toPrintableAscii(id, 200)} cannot be used`, {
      field: 'spec.origin.auth.client.keyRef',
      hint: 'store an RSA, P-256 or Ed25519 key in PEM form (PKCS #8); line breaks may be written as \\n',
    });
  if (key === undefined) throw refused();
  try {
    const parsed = createPrivateKey(key.reveal().replaceAll('\\n', '\n'));
    const algorithm = ALGORITHMS[parsed.asymmetricKeyType ?? ''];
    if (algorithm === undefined) throw refused();
    const bytes = parsed.export({ type: 'pkcs8', format: 'der' });
    return await crypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']);
  } catch {
    // The cause could contain parts of the key.
    throw refused();
  }
}
