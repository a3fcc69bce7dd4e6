import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startClarityd } from '../support/clarityd.ts';
import { Asking, thePage } from '../support/surfaces.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

interface Details {
  readonly summary: { readonly serviceId: string; readonly lifecycle: string; readonly health: string };
  readonly interface: { readonly tools: readonly { readonly name: string }[] };
  readonly logs: readonly string[];
  readonly events: readonly { readonly id: string; readonly kind: string }[];
}

test('[telemetry.file] [telemetry.events-survive] [telemetry.logs-survive] [architecture.daemon-parts] [gives.status-page] [install.status-url] the page shows the stored state after a restart', async () => {
  await using workspace = await temporaryWorkspace();
  await workspace.write('near.clarity', 'module near\n\nexport function one() -> Int64 { 1 }\n');
  const first = await startClarityd({ cwd: workspace.path });
  await first.json('add', 'near');
  expect(first.program.stdout()).toContain(`status page: ${first.url}/status\n`);
  const code = (await thePage(new Asking(first, ''))).join('\n');
  for (const path of ['/api/console', '/api/live', '/api/audit', '/api/bootstrap', '/api/approvals']) {
    expect([path, code.includes(path)]).toEqual([path, true]);
  }
  const detailsOf = async (url: string): Promise<Details> => {
    const status = (await (await fetch(`${url}/api/status`)).json()) as { services: { serviceId: string }[] };
    const path = `/api/services/${status.services[0]?.serviceId ?? ''}/details?event_limit=2000`;
    return (await (await fetch(url + path)).json()) as Details;
  };
  const before = await detailsOf(first.url);
  expect(before.summary).toMatchObject({ lifecycle: 'RUNNING', health: 'HEALTHY' });
  expect(before.interface.tools.map(({ name }) => name)).toContain('fn__one');
  expect(before.events.map(({ kind }) => kind)).toContain('service.started');
  expect(before.logs.join('\n')).toContain('Service started');
  await fetch(`${first.url}/api/services/${before.summary.serviceId}/stop`, { method: 'POST' });
  const stopped = await detailsOf(first.url);
  expect(stopped.summary.lifecycle).toBe('STOPPED');
  expect(stopped.interface).toEqual(before.interface);
  expect((await first.end()).exitCode).toBe(0);

  const kept = await readFile(join(workspace.path, '.clarity', 'runtime', 'telemetry.json'), 'utf8');
  for (const known of [...before.events.map(({ id }) => id), ...before.logs]) {
    expect([known, kept.includes(known)]).toEqual([known, true]);
  }
  await using second = await startClarityd({ cwd: workspace.path });
  const after = await detailsOf(second.url);
  expect(after.summary).toMatchObject({ serviceId: before.summary.serviceId, lifecycle: 'RUNNING' });
  expect(after.events.slice(0, before.events.length)).toEqual(before.events);
  expect(after.logs.slice(0, before.logs.length)).toEqual(before.logs);
});
