import { afterEach, expect, jest, test } from '@jest/globals';
import type { ClientStateReply } from '@clarity-runtime/api-contract';
import { fetchClients } from '../../src/api/clients.ts';
import { ClientPlanner, type ClientPlan } from '../../src/state/client-setup-planner.ts';
import { ClientsSection } from '../../src/views/clients-section.tsx';
import { daemon } from '../support/daemon.ts';
import { button, hosts, press, seen } from '../support/html.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const codex: ClientStateReply = {
  client: 'codex',
  path: '/home/u/.codex/config.toml',
  configured: false,
  present: true,
};
const change = {
  client: 'codex',
  path: codex.path,
  updated: true,
  next: 'start a new session',
  entry: '[gateway]\nurl = "x"\n',
};
const changed =
  (over: object = {}) =>
  () =>
    Response.json({ results: [{ ...change, ...over }] });

/** The section with its planner. */
function stage(...states: readonly ClientStateReply[]) {
  let plan: ClientPlan | undefined;
  let written = 0;
  const running: Promise<void>[] = [];
  const planner = new ClientPlanner(
    (now) => (plan = now),
    () => (written += 1),
  );
  const view = () => (
    <ClientsSection
      known={{ value: states }}
      planning={{
        plan,
        look: (request) => running.push(planner.look(request)),
        write: () => running.push(planner.write()),
        close: () => {
          planner.close();
        },
      }}
    />
  );
  const settled = () => Promise.all(running);
  return { view, settled, text: () => seen(view()), written: () => written };
}

test('[install.bootstrap-from-page] the page shows the planned change, then the next step', async () => {
  const asked = daemon({ 'POST /api/bootstrap': changed() });
  const { view, settled, text, written } = stage(codex);
  expect(text()).toContain('codex /home/u/.codex/config.toml not connected Connect…');
  press(view(), 'Connect codex…');
  expect(text()).toContain('Loading…');
  await settled();
  expect(text()).toContain('This is added to /home/u/.codex/config.toml');
  expect(text()).toContain('+ [gateway] + url = "x" Write Cancel');
  expect(written()).toBe(0);
  press(view(), 'Write');
  await settled();
  expect(text()).toContain('Written to /home/u/.codex/config.toml. Next: start a new session.');
  expect(written()).toBe(1);
  expect(asked.map(({ body }) => body)).toEqual([
    { clients: ['codex'], dry_run: true, transport: 'stdio' },
    { clients: ['codex'], dry_run: false, transport: 'stdio' },
  ]);
});

test('[install.bootstrap-from-page] a configured client is removed after a dry run', async () => {
  const asked = daemon({ 'DELETE /api/bootstrap': changed() });
  const { view, settled, text } = stage({ ...codex, configured: true, transport: 'http' });
  expect(text()).toContain('connected over http');
  press(view(), 'Remove from codex…');
  await settled();
  expect(text()).toContain('This is removed from');
  expect(text()).toContain('- [gateway] - url = "x" Remove');
  expect(hosts(view()).some(({ type }) => type === 'fieldset')).toBe(false);
  press(view(), 'Remove');
  await settled();
  expect(asked.map(({ method, body }) => [method, body])).toEqual([
    ['DELETE', { clients: ['codex'], dry_run: true }],
    ['DELETE', { clients: ['codex'], dry_run: false }],
  ]);
});

test('a change of the transport gets a dry run before it is written', async () => {
  const asked = daemon({ 'POST /api/bootstrap': changed() });
  const { view, settled } = stage(codex);
  press(view(), 'Connect codex…');
  await settled();
  const [, http] = hosts(view()).filter(({ type }) => type === 'input');
  (http?.props['onChange'] as () => void)();
  await settled();
  expect(asked.at(-1)?.body).toEqual({ clients: ['codex'], dry_run: true, transport: 'http' });
});

test('a cancelled plan writes nothing', async () => {
  const asked = daemon({ 'POST /api/bootstrap': changed() });
  const { view, settled, text } = stage(codex);
  press(view(), 'Connect codex…');
  await settled();
  press(view(), 'Cancel');
  expect(text()).not.toContain('This is added to');
  expect(asked).toHaveLength(1);
});

test('a rejected file is shown with its hint and without a button to write', async () => {
  const refusal = { error: 'line 1, column 2: it is not JSON', hint: 'fix the file' };
  daemon({ 'POST /api/bootstrap': () => Response.json(refusal, { status: 409 }) });
  const { view, settled, text } = stage(codex);
  press(view(), 'Connect codex…');
  await settled();
  expect(text()).toContain('The file was not changed: line 1, column 2: it is not JSON: fix the file Close');
  expect(() => button(view(), 'Write')).toThrow('there is no button');
});

test('the plan has no button to write when nothing changes', async () => {
  daemon({ 'POST /api/bootstrap': changed({ updated: false, entry: undefined }) });
  const { view, settled, text } = stage(codex);
  press(view(), 'Connect codex…');
  await settled();
  expect(text()).toContain('No change is necessary in');
  expect(() => button(view(), 'Write')).toThrow('there is no button');
});

test('ClientSetupPlanner writes nothing without a dry run', async () => {
  const asked = daemon({ 'POST /api/bootstrap': changed() });
  const planner = new ClientPlanner(
    () => undefined,
    () => undefined,
  );
  await planner.write();
  const looking = planner.look({ client: 'codex', verb: 'connect', transport: 'stdio' });
  await planner.write();
  await looking;
  expect(asked.map(({ body }) => body)).toEqual([{ clients: ['codex'], dry_run: true, transport: 'stdio' }]);
});

test('clients that are not installed have their own list, and an unreadable file has its reason', async () => {
  const states = [
    { ...codex, problem: 'line 3, column 1: it is not TOML' },
    { ...codex, client: 'zed', present: false },
  ];
  daemon({ 'GET /api/bootstrap/status': () => Response.json({ clients: states }) });
  expect(await fetchClients()).toEqual({ kind: 'ok', value: states });
  const { text } = stage(...states);
  expect(text()).toContain('unreadable Connect… The file cannot be edited: line 3, column 1');
  expect(text()).toContain('Not found on this machine: zed');
});
