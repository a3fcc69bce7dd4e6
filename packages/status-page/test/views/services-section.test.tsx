import { afterEach, expect, jest, test } from '@jest/globals';
import type { ServiceSummary } from '@clarity-runtime/api-contract';
import type { RunningAction } from '../../src/state/actions.ts';
import { healthText } from '../../src/format/health-text.ts';
import { ServiceCard } from '../../src/views/service-card.tsx';
import { acting, daemon } from '../support/daemon.ts';
import { button, hosts, press, seen } from '../support/html.ts';
import { detailsOf, service } from '../support/service.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const quarantined: ServiceSummary = {
  ...service,
  lifecycle: 'QUARANTINED',
  health: 'DEGRADED',
  lastError: '5 failures within 60 s',
};
const well = () => Response.json({ service: { runtime: { lifecycle: 'STOPPED' } } });

const card = (over: Partial<Parameters<typeof ServiceCard>[0]> = {}) => (
  <ServiceCard service={service} details={undefined} acts={acting()} onToggle={() => undefined} {...over} />
);

test('[page.unquarantine] a service in quarantine has an explanation and a button to lift it', async () => {
  const asked = daemon({ 'POST /api/services/svc_1/unquarantine': well });
  const acts = acting();
  const view = card({ service: quarantined, acts });
  expect(seen(view)).toContain(
    'Last error: 5 failures within 60 s It failed too often, so restarts are off. Clients do not see its tools. ' +
      'Fix the cause, lift the quarantine, then start it.',
  );
  press(view, 'Lift quarantine calc');
  expect(await Promise.all(acts.made)).toMatchObject([{ kind: 'ok' }]);
  expect(asked).toEqual([{ method: 'POST', path: '/api/services/svc_1/unquarantine', body: {} }]);
});

test.each([
  ['RUNNING', ['Restart', 'Stop']],
  ['STOPPED', ['Start']],
  ['REGISTERED', ['Start']],
  ['CRASHED', ['Start', 'Stop']],
  ['QUARANTINED', ['Lift quarantine']],
  ['STARTING', []],
] as const)('a service in state %s has the buttons %j', (lifecycle, labels) => {
  const buttons = hosts(card({ service: { ...service, lifecycle } })).filter(({ type }) => type === 'button');
  expect(buttons.map(seen)).toEqual(labels);
});

test('a button is disabled while its action runs, and shows the reason of a failure', () => {
  const withDoing = (doing: RunningAction) => card({ acts: { ...acting(), doing: new Map([['stop svc_1', doing]]) } });
  const busy = withDoing({ state: 'busy' });
  expect(button(busy, 'Stop calc').props['disabled']).toBe(true);
  expect(button(busy, 'Restart calc').props['disabled']).toBe(false);
  expect(seen(busy)).toContain('Stop…');
  const failed = withDoing({ state: 'failed', reason: 'no such service' });
  expect(seen(failed)).toContain('Failed: no such service');
});

test.each([
  ['RUNNING', 'HEALTHY', undefined],
  ['RUNNING', 'UNAUTHORIZED', 'refuses the credential'],
  ['RUNNING', 'UNREACHABLE', 'does not answer'],
  ['RUNNING', 'DEGRADED', 'request failed'],
  ['CRASHED', 'DEGRADED', 'exited unexpectedly'],
] as const)('healthText of %s and %s contains: %s', (lifecycle, health, words) => {
  const means = healthText({ ...service, lifecycle, health })?.means;
  if (words === undefined) expect(means).toBeUndefined();
  else expect(means).toContain(words);
});

test('healthText contains the time of the next restart', () => {
  const next = healthText({ ...service, lifecycle: 'CRASHED', retryAt: new Date().toISOString() })?.next;
  expect(next).toMatch(/^The next restart is at .*\d/);
});

const value = detailsOf({
  interface: {
    interfaceRevision: 'iface_1',
    introspectedAt: '2026-01-01T00:00:00.000Z',
    tools: [{ name: 'add', description: 'Adds two numbers.' }, { name: 'half' }],
    resources: [{ uri: 'file:///a', name: 'a', title: 'The first' }],
    prompts: [{ name: 'greet', description: 'Says hello.' }],
  },
  logs: ['[1] first', '[2] second'],
  recentCalls: [
    {
      at: '2026-01-01T00:00:00.000Z',
      message: 'Tool called: add',
      data: { tool: 'add', outcome: 'ok', durationMs: 3.2 },
    },
  ],
});

test('[gives.interface-snapshots] [why.one-status-surface] an opened card shows interface, calls and log', () => {
  const text = seen(card({ details: { value } }));
  expect(text).toContain('State running Health healthy');
  expect(text).toContain('Tools add Adds two numbers. half No description.');
  expect(text).toContain('Resources file:///a The first');
  expect(text).toContain('Prompts greet Says hello. Snapshot iface_1');
  expect(text).toContain('Tool called: add: ok, 3 ms Log, newest first');
  expect(text).toContain('Log, newest first [2] second [1] first');
});

test('an opened card shows empty calls and logs of a service without an interface', () => {
  const none = { interfaceRevision: null, introspectedAt: null, tools: [], resources: [], prompts: [] };
  const details = { value: detailsOf({ interface: none, logs: [], recentCalls: [] }) };
  expect(seen(card({ details }))).toContain('Last calls None yet. Log, newest first Empty.');
});

test('an opened card shows the reason when the details cannot be loaded', () => {
  const last = { kind: 'failed', reason: 'service not found: svc_1' } as const;
  expect(seen(card({ details: { last } }))).toContain('service not found: svc_1');
  expect(seen(card({ details: { value, last: { kind: 'refused' } } }))).not.toContain('Adds two numbers');
});
