import { afterEach, expect, test } from '@jest/globals';
import { ClarityError, createRuntime, type Manifest, type McpReply, type Runtime } from '@clarity-runtime/core';
import { ManualClock, MemoryLeases, MemoryServiceRegistry, MemoryTelemetry } from '@clarity-runtime/core/memory';
import type { PeerHost, Peers, ServiceConnector, ServiceRegistry } from '@clarity-runtime/core/ports';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { ask, operator, resultOf } from '../../support/speak.ts';
import { plainEntropy } from '../../support/supervised.ts';

/** The other daemons in this process, by name. */
class LinkedPeers implements Peers {
  readonly hosts: Map<string, PeerHost>;
  readonly name: string;

  constructor(name: string, hosts: Map<string, PeerHost>) {
    this.name = name;
    this.hosts = hosts;
  }

  serve(host: PeerHost): void {
    this.hosts.set(this.name, host);
  }

  connect: Peers['connect'] = async (peer, serviceId, events, { signal }) => {
    const host = this.hosts.get(peer);
    if (host === undefined) throw new ClarityError('UPSTREAM_UNREACHABLE', peer);
    return host.attach(serviceId, events, { signal });
  };

  logs: Peers['logs'] = async (peer, serviceId, limit) => (await this.hosts.get(peer)?.logs(serviceId, limit)) ?? [];

  standing: Peers['standing'] = async (peer) => {
    const host = this.hosts.get(peer);
    if (host === undefined) return 'gone';
    return (await host.reachesStore()) ? 'reached' : 'away';
  };

  [Symbol.asyncDispose](): Promise<void> {
    this.hosts.delete(this.name);
    return Promise.resolve();
  }
}

/** A connector whose services count as processes. */
class FakeProcesses extends FakeConnector implements ServiceConnector {
  // @ts-expect-error: another origin than that of the base.
  override readonly origin = 'local_process';
}

const processOf = (module: string): Manifest => {
  const { spec, ...rest } = manifestOf(module);
  return { ...rest, spec: { ...spec, origin: { type: 'local_process', command: 'server' } } };
};

interface Daemon {
  readonly runtime: Runtime;
  readonly connector: FakeProcesses;
  readonly telemetry: MemoryTelemetry;
}

interface Cluster {
  readonly clock: ManualClock;
  readonly daemons: readonly Daemon[];
  pass(ms: number): Promise<void>;
}

const open: Runtime[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((runtime) => runtime.close().catch(() => undefined)));
});

const shared = (store: ServiceRegistry): ServiceRegistry =>
  new Proxy(store, {
    get: (target, name) => {
      if (name === 'capabilities') return { ...target.capabilities, shared: true };
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });

async function clusterOf(count: number): Promise<Cluster> {
  const [clock, services] = [new ManualClock(), new MemoryServiceRegistry()];
  const leases = new MemoryLeases({ clock });
  const hosts = new Map<string, PeerHost>();
  const daemons: Daemon[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = `d${String(index)}`;
    const [connector, telemetry] = [new FakeProcesses(), new MemoryTelemetry()];
    const runtime = await createRuntime({
      registry: shared(services.handle()),
      telemetry,
      leases: leases.handle(name),
      peers: new LinkedPeers(name, hosts),
      connectors: [connector],
      clock,
      entropy: plainEntropy(),
    });
    await runtime.autostart();
    open.push(runtime);
    daemons.push({ runtime, connector, telemetry });
  }
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 250) {
      for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(Math.min(left, 250));
    }
    for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, daemons, pass };
}

const daemonOf = ({ daemons }: Cluster, index: number): Daemon => {
  const found = daemons[index];
  if (found === undefined) throw new RangeError(String(index));
  return found;
};

const call = async ({ runtime }: Daemon): Promise<string> => {
  const reply: McpReply = await ask(runtime, 'tools/call', { name: 'alpha__fn__add', arguments: {} });
  return JSON.stringify(resultOf(reply));
};

/** Daemons with a running service, by who runs its process. */
interface Running extends Cluster {
  readonly serviceId: string;
  readonly owner: Daemon;
  readonly others: readonly Daemon[];
}

/** Registers and starts the service on the first daemon; the others follow, and any of them becomes the owner. */
async function running(count: number): Promise<Running> {
  const cluster = await clusterOf(count);
  const { service } = await daemonOf(cluster, 0).runtime.services.apply(operator, processOf('alpha'));
  await daemonOf(cluster, 0).runtime.services.start(operator, service.serviceId);
  await cluster.pass(3_000);
  const owner = cluster.daemons.find(({ connector }) => connector.opened > 0) ?? daemonOf(cluster, 0);
  return { ...cluster, serviceId: service.serviceId, owner, others: cluster.daemons.filter((each) => each !== owner) };
}

const openedBy = ({ owner, others }: Running): readonly number[] =>
  [owner, ...others].map(({ connector }) => connector.opened);

async function eventsOf({ owner, others }: Running, wanted: string): Promise<readonly number[]> {
  const pages = [owner, ...others].map(({ telemetry }) => telemetry.read('default', { limit: 500 }));
  return (await Promise.all(pages)).map(({ events }) => events.filter(({ kind }) => kind === wanted).length);
}

test('a process runs once among three daemons, and each of them calls it', async () => {
  const cluster = await running(3);
  expect(openedBy(cluster)).toEqual([1, 0, 0]);
  for (const daemon of cluster.daemons) expect(await call(daemon)).toContain('7');
  expect([cluster.owner, ...cluster.others].map(({ connector }) => connector.calls.length)).toEqual([3, 0, 0]);
});

test('each call is audited once, by the daemon that received it', async () => {
  const cluster = await running(2);
  const [other] = cluster.others;
  if (other !== undefined) await call(other);
  await cluster.pass(250);
  expect(await eventsOf(cluster, 'service.tool_called')).toEqual([0, 1]);
});

test('another daemon takes over when the owner ends, and a call waits for it', async () => {
  const cluster = await running(2);
  const [other = cluster.owner] = cluster.others;
  await cluster.owner.runtime.close();
  const called = call(other);
  await cluster.pass(3_000);
  expect(await called).toContain('7');
  expect(openedBy(cluster)).toEqual([1, 1]);
});

test('the end of a process counts once, at its owner, which starts it again', async () => {
  const cluster = await running(2);
  const [other = cluster.owner] = cluster.others;
  cluster.owner.connector.live.get('alpha')?.onClose('exit 1');
  await cluster.pass(5_000);
  expect(openedBy(cluster)).toEqual([2, 0]);
  expect(await eventsOf(cluster, 'service.crashed')).toEqual([1, 0]);
  expect(await call(other)).toContain('7');
});

test('a list change of the process reaches every daemon', async () => {
  const cluster = await running(2);
  cluster.owner.connector.tools.set('alpha', [{ name: 'fn__sub' }]);
  cluster.owner.connector.live.get('alpha')?.onListChanged('tools');
  await cluster.pass(5_000);
  for (const { runtime } of cluster.daemons) {
    const listed = resultOf(await ask(runtime, 'tools/list')) as { readonly tools: readonly { name: string }[] };
    expect(listed.tools.map(({ name }) => name)).toEqual(['alpha__fn__sub']);
  }
});

test('the log of a process is read from its owner', async () => {
  const cluster = await running(2);
  const [other = cluster.owner] = cluster.others;
  cluster.owner.connector.live.get('alpha')?.onLog('a line of the process');
  await cluster.pass(250);
  const lines = await other.runtime.audit.logs(operator, cluster.serviceId, 100);
  expect(lines.join('\n')).toContain('a line of the process');
});

test('a quarantine of one daemon holds on every one, and so does its end', async () => {
  const cluster = await running(2);
  const { serviceId } = cluster;
  const [other = cluster.owner] = cluster.others;
  const states = (): readonly string[] =>
    [cluster.owner, other].map(({ runtime }) => runtime.services.get(operator, serviceId).status.lifecycle);
  for (const { connector } of cluster.daemons) connector.failure = new ClarityError('PROCESS_START_FAILED', 'gone');
  cluster.owner.connector.live.get('alpha')?.onClose('exit 1');
  await cluster.pass(120_000);
  expect(states()).toEqual(['QUARANTINED', 'QUARANTINED']);
  await other.runtime.services.unquarantine(operator, serviceId);
  await cluster.pass(1_000);
  expect(states()).not.toContain('QUARANTINED');
});

test('a start that fails leaves the service to a daemon that can start it', async () => {
  const cluster = await clusterOf(2);
  daemonOf(cluster, 0).connector.failure = new ClarityError('PROCESS_START_FAILED', 'no such program here');
  const { service } = await daemonOf(cluster, 0).runtime.services.apply(operator, processOf('alpha'));
  await daemonOf(cluster, 0)
    .runtime.services.start(operator, service.serviceId)
    .catch(() => undefined);
  await cluster.pass(10_000);
  expect(cluster.daemons.map(({ connector }) => connector.opened)).toEqual([0, 1]);
  expect(await call(daemonOf(cluster, 0))).toContain('7');
});
