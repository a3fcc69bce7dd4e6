import { connect, createServer, type Socket } from 'node:net';

/** A proxy between a client and a server on this machine. */
export interface TcpProxy {
  readonly port: number;
  /** `open`: passes bytes. `mute`: passes requests, not answers. `hang`: passes nothing. `cut`: ends every connection. */
  mode: 'open' | 'mute' | 'hang' | 'cut';
  /** Ends the present connections. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts a proxy to a port of 127.0.0.1. */
export async function tcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const own = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    own(client);
    if (proxy.mode === 'cut') {
      client.destroy();
      return;
    }
    const upstream = own(connect(target, '127.0.0.1'));
    client.on('data', (bytes) => {
      if (proxy.mode !== 'hang') upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (proxy.mode === 'open') client.write(bytes);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const reset = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const proxy: TcpProxy = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mode: 'open',
    reset,
    close: () => {
      reset();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
  return proxy;
}
