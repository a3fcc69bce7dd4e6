import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, type JWTPayload } from 'jose';

/** The audience of the tokens, unless a test names another one. */
export const RESOURCE = 'https://clarity.example/mcp';

/**
 * Returns a key pair that shares no lock with its generation. Node.js 20 locks a key while it exports it as a JWK. If a garbage
 * collection ends the generation of the same key then, the process waits for itself for good.
 */
function rsaKeyPair(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  const pem = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { privateKey: createPrivateKey(pem.privateKey), publicKey: createPublicKey(pem.publicKey) };
}

/** An issuer with metadata and keys, whose answers a test replaces. */
export class Issuer {
  readonly pair = rsaKeyPair();
  readonly paths: string[] = [];
  keys: () => unknown = () => ({ keys: [this.jwk()] });
  metadata: (url: string) => unknown = (url) => ({ issuer: url, jwks_uri: `${url}/keys` });
  status = 200;
  now = Date.now();
  readonly #server: Server;
  url = '';

  constructor() {
    this.#server = createServer((request, response) => {
      this.paths.push(request.url ?? '');
      const isKeys = request.url === '/keys';
      response.writeHead(this.status, this.status === 302 ? { location: 'http://169.254.169.254/' } : {});
      response.end(JSON.stringify(isKeys ? this.keys() : this.metadata(this.url)));
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  jwk(kid = 'k1'): object {
    return { ...this.pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig' };
  }

  sign(
    claims: JWTPayload = {},
    header: object = {},
    key: KeyObject | Uint8Array = this.pair.privateKey,
  ): Promise<string> {
    const seconds = Math.floor(this.now / 1_000);
    const payload = { iss: this.url, sub: 'ada', aud: RESOURCE, iat: seconds, exp: seconds + 600, ...claims };
    return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'k1', typ: 'at+jwt', ...header }).sign(key);
  }
}
