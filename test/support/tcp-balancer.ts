import { connect, createServer, type Socket } from 'node:net';

/** A plain TCP balancer on this machine: each connection goes to the next target that accepts it. */
export interface TcpBalancer extends AsyncDisposable {
  readonly port: number;
  /** Ports of 127.0.0.1. */
  targets: readonly number[];
}

/** Starts a balancer, round robin. */
export async function tcpBalancer(targets: readonly number[]): Promise<TcpBalancer> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const own = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const forward = (client: Socket, triesLeft: number): void => {
    const target = balancer.targets[(turn += 1) % Math.max(1, balancer.targets.length)];
    if (target === undefined || triesLeft === 0) {
      client.destroy();
      return;
    }
    const upstream = own(connect(target, '127.0.0.1'));
    const next = (): void => {
      forward(client, triesLeft - 1);
    };
    upstream.once('error', next);
    upstream.once('connect', () => {
      upstream.off('error', next);
      client.pipe(upstream).pipe(client);
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
    });
  };
  const server = createServer({ pauseOnConnect: true }, (client) => {
    forward(own(client), balancer.targets.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const balancer: TcpBalancer = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    targets,
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
  return balancer;
}
