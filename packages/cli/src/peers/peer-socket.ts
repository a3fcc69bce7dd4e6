import { connect, createServer, type Server, type TLSSocket } from 'node:tls';

/** One key of the daemons of a store. `id` reveals nothing about it. */
export interface PeerKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/**
 * Both sides prove that they have the key, and every byte is encrypted: TLS 1.2 with a pre-shared key and an exchange per
 * connection (RFC 5489, RFC 7905), so that no certificates are needed and a key that is lost later opens no recorded traffic.
 */
const TLS = {
  ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const;

const HANDSHAKE_MS = 5_000;
const CONNECT_MS = 2_000;
const MAX_CONNECTIONS = 4_096;

/** Returns a listener that accepts the daemons that have one of the keys, and no other client. */
export function peerServer(keys: readonly PeerKey[], onSocket: (socket: TLSSocket) => void): Server {
  const find = (id: string) => keys.find((each) => each.id === id)?.key;
  const pskCallback = (_: unknown, id: string) => {
    const key = find(id);
    return key === undefined ? null : Buffer.from(key);
  };
  const server = createServer({ ...TLS, pskCallback, handshakeTimeout: HANDSHAKE_MS }, onSocket);
  server.maxConnections = MAX_CONNECTIONS;
  // A client without the key; its connection has ended.
  server.on('tlsClientError', () => undefined);
  return server;
}

/** Connects with the first key that the other daemon knows. Rejects with the error of the network or of the handshake. */
export async function peerSocket(
  target: { readonly host: string; readonly port: number },
  keys: readonly PeerKey[],
  signal: AbortSignal,
): Promise<TLSSocket> {
  let failure: unknown = new Error('no key');
  for (const { id, key } of keys) {
    try {
      return await dial(target, { identity: id, psk: Buffer.from(key) }, signal);
    } catch (error) {
      failure = error;
      const { code = '' } = error as { readonly code?: string };
      if (!code.startsWith('ERR_SSL') && !code.startsWith('EPROTO')) break;
    }
  }
  throw failure;
}

function dial(
  { host, port }: { readonly host: string; readonly port: number },
  psk: { readonly identity: string; readonly psk: Buffer },
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    // The pre-shared key proves the server: a certificate, whose name could be compared, does not exist.
    const socket = connect({ ...TLS, host, port, pskCallback: () => psk, checkServerIdentity: () => undefined });
    const fail = (error: Error): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', abort);
      socket.destroy();
      reject(error);
    };
    const abort = (): void => {
      fail(new Error('the attempt was given up', { cause: signal.reason }));
    };
    const late = setTimeout(() => {
      fail(new Error(`no connection within ${String(CONNECT_MS)} ms`));
    }, CONNECT_MS);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', fail);
    socket.once('close', () => {
      fail(new Error('the connection was closed'));
    });
    socket.once('secureConnect', () => {
      clearTimeout(late);
      signal.removeEventListener('abort', abort);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
