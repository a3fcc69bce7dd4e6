import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import { ClarityError } from '@clarity-runtime/core';
import type { ConnectionEvents, PeerHost, PeerName, Peers, PeerStanding } from '@clarity-runtime/core/ports';
import { codeOf, messageOf } from '../support/error-text.ts';
import { errorOf } from './peer-failure.ts';
import { encodeJsonFrame, FRAME, PeerFrameReader } from './peer-frames.ts';
import { addressOfPeer, hostAndPort, peerName, thisMachine } from './peer-name.ts';
import { HOPS, logs, readJson, store, type PeerOpening } from './peer-opening.ts';
import { PeerConnection } from './peer-connection.ts';
import { peerServer, peerSocket, type PeerKey } from './peer-socket.ts';
import { ServedPeer } from './served-peer.ts';

/** Options of `PeerNetwork.open`. */
export interface PeerNetworkOptions {
  /** `host:port` to listen on; port 0 is a free one. */
  readonly listen: string;
  /** `host:port` for the other daemons; that of `listen` if absent. */
  readonly address?: string | undefined;
  /** The keys of the daemons, the current one first. */
  readonly keys: readonly PeerKey[];
}

const ANSWER_MS = 1_500;
const LOOPBACK = /^(?:127\.|::1$|localhost$)/;

/** The internal door of a daemon, and its connections to those of the others. */
export class PeerNetwork implements Peers {
  /** Name of this daemon as a holder of leases. */
  readonly name: PeerName;
  /** Other machines cannot reach this daemon. */
  readonly isLocal: boolean;
  readonly #keys: readonly PeerKey[];
  readonly #server: Server;
  readonly #sockets: ReadonlySet<TLSSocket>;
  readonly #hosted: (host: PeerHost) => void;

  private constructor(
    name: PeerName,
    parts: {
      readonly keys: readonly PeerKey[];
      readonly server: Server;
      readonly sockets: ReadonlySet<TLSSocket>;
      readonly hosted: (host: PeerHost) => void;
    },
  ) {
    this.name = name;
    this.isLocal = LOOPBACK.test(addressOfPeer(name)?.host ?? '');
    this.#keys = parts.keys;
    this.#server = parts.server;
    this.#sockets = parts.sockets;
    this.#hosted = parts.hosted;
  }

  /** Listens. Connections wait until `serve`. @throws Error of the system, or for a setting that is not `host:port` */
  static async open({ listen, address, keys }: PeerNetworkOptions): Promise<PeerNetwork> {
    const wanted = hostAndPort(listen);
    const shown = address === undefined ? wanted : hostAndPort(address);
    if (wanted === undefined || shown === undefined) throw new TypeError(`'${address ?? listen}' is not host:port`);
    let hosted!: (host: PeerHost) => void;
    const host = new Promise<PeerHost>((resolve) => (hosted = resolve));
    const sockets = new Set<TLSSocket>();
    const server = peerServer(keys, (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
      void host.then((found) => new ServedPeer(socket, found));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: wanted.host, port: wanted.port }, resolve);
    });
    server.unref();
    const { port } = server.address() as AddressInfo;
    const machine = thisMachine();
    const isEvery = ['0.0.0.0', '::'].includes(shown.host);
    const reached = { machine, host: isEvery ? machine : shown.host, port: shown.port === 0 ? port : shown.port };
    return new PeerNetwork(peerName(randomBytes(8).toString('hex'), reached), { keys, server, sockets, hosted });
  }

  serve(host: PeerHost): void {
    this.#hosted(host);
  }

  async connect(
    peer: PeerName,
    serviceId: string,
    events: ConnectionEvents,
    { signal, mark }: { readonly signal: AbortSignal; readonly mark?: string },
  ) {
    const { era, clientCapabilities } = events;
    const wanted: PeerOpening = {
      ask: 'service',
      hop: HOPS,
      serviceId,
      ...(era === undefined ? {} : { era }),
      ...(clientCapabilities === undefined ? {} : { clientCapabilities: { ...clientCapabilities } }),
      ...(events.onRequest === undefined ? {} : { answers: true }),
      ...(mark === undefined ? {} : { mark }),
    };
    const connection = new PeerConnection(await this.#dial(peer, signal), events);
    return connection.open(encodeJsonFrame(FRAME.open, 0, wanted), signal);
  }

  async logs(peer: PeerName, serviceId: string, limit: number): Promise<readonly string[]> {
    return logs.parse(await this.#ask(peer, { ask: 'logs', hop: HOPS, serviceId, limit })).lines;
  }

  async standing(peer: PeerName): Promise<PeerStanding> {
    try {
      const { isReached } = store.parse(await this.#ask(peer, { ask: 'store', hop: HOPS }));
      return isReached ? 'reached' : 'away';
    } catch (error) {
      const isRefused = codeOf((error as { readonly cause?: unknown }).cause) === 'ECONNREFUSED';
      const address = addressOfPeer(peer);
      // A refusal of this machine says nothing about a daemon of another one that has a loopback address.
      const isItsOwn = address !== undefined && (!LOOPBACK.test(address.host) || address.machine === thisMachine());
      return isRefused && isItsOwn ? 'gone' : 'silent';
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) =>
      this.#server.close(() => {
        resolve();
      }),
    );
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #dial(peer: PeerName, signal: AbortSignal): Promise<TLSSocket> {
    const address = addressOfPeer(peer);
    if (address === undefined) throw new ClarityError('UPSTREAM_UNREACHABLE', 'the name of its owner has no address');
    try {
      return await peerSocket(address, this.#keys, signal);
    } catch (error) {
      const at = `the daemon at ${address.host}:${String(address.port)}`;
      const isOtherKey = codeOf(error)?.startsWith('ERR_SSL') === true;
      const why = isOtherKey ? 'it has another key' : messageOf(error);
      throw new ClarityError('UPSTREAM_UNREACHABLE', `${at}: ${why}`, {
        hint: 'check that --internal-address of that daemon can be reached, and that both have the same key file',
        cause: error,
      });
    }
  }

  /** Asks one question on a connection of its own. @throws ClarityError */
  async #ask(peer: PeerName, wanted: PeerOpening): Promise<unknown> {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const socket = await this.#dial(peer, signal);
    try {
      return await new Promise((resolve, reject) => {
        const fail = (): void => {
          reject(new ClarityError('UPSTREAM_UNREACHABLE', 'the other daemon gave no answer'));
        };
        const reader = new PeerFrameReader(({ kind, payload }) => {
          if (kind === FRAME.opened) resolve(readJson(payload));
          else reject(errorOf(payload).error);
        });
        signal.addEventListener('abort', fail, { once: true });
        socket.removeAllListeners('close').once('close', fail);
        socket.on('data', (chunk: Buffer) => {
          try {
            reader.push(chunk);
          } catch {
            fail();
          }
        });
        socket.write(encodeJsonFrame(FRAME.open, 0, wanted));
      });
    } finally {
      socket.destroy();
    }
  }
}
