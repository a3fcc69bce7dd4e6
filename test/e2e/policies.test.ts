import { expect, test } from '@jest/globals';
import { startClarityd, type Clarityd } from '../support/clarityd.ts';
import { modernRemote } from '../support/remote-services.ts';
import { connectStock } from '../support/stock-clients.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

const BOUNDS = { CLARITY_REMOTE_MAX_PAYLOAD_BYTES: '2048', CLARITY_REMOTE_MAX_CONCURRENCY: '1' };

interface Shown {
  readonly refusals: Readonly<Record<string, number>>;
  readonly services: readonly Service[];
}

interface Service {
  readonly namespace: string;
  readonly calls: { readonly inFlight: number; readonly waiting: number };
}

/** The service whose calls have a long limit: the test holds a place until it has seen the next call wait. */
const held = ({ services }: Shown): Service['calls'] | undefined =>
  services.find(({ namespace }) => namespace === 'held')?.calls;

/** Polls the status of the daemon until it matches. */
async function statusThat(daemon: Clarityd, isSo: (status: Shown) => boolean): Promise<Shown> {
  for (;;) {
    const status = (await (await fetch(`${daemon.url}/api/status`)).json()) as Shown;
    if (isSo(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('[env.remote-max-payload] [env.remote-max-concurrency] [progress.health-state] limits are enforced and counted', async () => {
  await using workspace = await temporaryWorkspace();
  await using remote = await modernRemote();
  await using daemon = await startClarityd({ cwd: workspace.path, env: BOUNDS });
  await daemon.json('add-remote', '--endpoint', remote.url, '--module', 'far', '--timeout-ms', '1500');
  expect(await daemon.json('policy', 'show', 'far')).toMatchObject({
    policyRef: 'default',
    effective: { maxRequestBytes: 2048, maxResponseBytes: 2048, maxConcurrency: 1, timeoutMs: 1500 },
  });
  expect(await daemon.json('details', 'far')).toMatchObject({
    service: { runtime: { lifecycle: 'RUNNING', health: 'HEALTHY' } },
  });
  const client = await connectStock(`${daemon.url}/mcp`);
  const textOf = async (name: string, args: Record<string, unknown>): Promise<string> =>
    (await client.call(name, args)).content[0]?.text ?? '';
  expect(await textOf('far__echo', { text: 'x'.repeat(4096) })).toContain('maxRequestBytes of the defaults is 2048');
  expect(await textOf('far__big', { length: 4096 })).toContain('the payload is too large');
  expect(await textOf('far__hang', {})).toContain('1500 ms');

  await daemon.json('add-remote', '--endpoint', remote.url, '--module', 'held');
  const holder = await connectStock(`${daemon.url}/mcp`);
  const holds = holder.call('held__hang', {}).catch(() => 'closed');
  await statusThat(daemon, (status) => held(status)?.inFlight === 1);
  const waits = textOf('held__echo', { text: 'in turn' });
  await statusThat(daemon, (status) => held(status)?.waiting === 1);
  await holder.close();
  expect(await waits).toBe('in turn');
  expect(await holds).toBe('closed');

  const policy = {
    apiVersion: 'clarity.runtime/v1',
    kind: 'Policy',
    metadata: { name: 'default' },
    spec: { denyTools: ['big'] },
  };
  await workspace.write('policy.json', JSON.stringify(policy));
  expect(await daemon.json('apply', '-f', 'policy.json')).toMatchObject({
    ok: true,
    applied: 1,
    policies: [{ policy: 'default' }],
  });
  const tested = await daemon.ctl('policy', 'test', 'far', 'big');
  expect(tested.exitCode).toBe(1);
  expect(JSON.parse(tested.stdout)).toMatchObject({ verdict: 'refused', rule: 'denyTools' });
  expect((await client.list()).map(({ name }) => name)).not.toContain('far__big');
  const { refusals } = await statusThat(daemon, () => true);
  expect(refusals).toMatchObject({ 'call.too_large': 1, 'reply.too_large': 1, 'call.denied': 0 });
  expect(await daemon.json('status')).toMatchObject({ refusals });
  await client.close();
  expect((await daemon.end()).exitCode).toBe(0);
});
