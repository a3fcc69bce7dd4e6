import { expect, test } from '@jest/globals';
import type { RuntimeStatus, ServiceSummary } from '../src/api.ts';
import { withAnswer, type PageState, type ToolsState } from '../src/page-state.ts';
import { Page } from '../src/views/page.tsx';
import { html, seen } from './support/html.ts';

const service: ServiceSummary = {
  serviceId: 'svc_1',
  namespace: 'calc',
  sourceFile: 'calc.clarity',
  originType: 'local_wasm',
  lifecycle: 'RUNNING',
  health: 'HEALTHY',
  uptimeSeconds: 3_700,
  interface: { interfaceRevision: 'iface_1', tools: 2 },
};

function statusOf(...services: readonly ServiceSummary[]): RuntimeStatus {
  const running = services.filter(({ lifecycle }) => lifecycle === 'RUNNING').length;
  return {
    runtime: { version: '0.1.0', pid: 42, uptimeSeconds: 65 },
    summary: { total: services.length, running, degraded: 0, quarantined: 0 },
    services,
  };
}

const knowing = (...services: readonly ServiceSummary[]): PageState =>
  withAnswer({}, { kind: 'ok', value: statusOf(...services) }, new Date());

function view(state: PageState, tools: ReadonlyMap<string, ToolsState> = new Map()) {
  return <Page state={state} tools={tools} onToggle={() => undefined} />;
}

test('before the first answer it says that it asks', () => {
  expect(seen(view({}))).toBe('Clarity Runtime Asking the daemon…');
});

test('without services it says how to add one', () => {
  const text = seen(view(knowing()));
  expect(text).toContain('0 services · 0 running');
  expect(text).toContain('version 0.1.0, process 42, up 1 min');
  expect(text).toContain('No services yet Add one: clarityctl add examples/text-tools');
});

test('a service shows what it is and how it does, in words', () => {
  const text = seen(view(knowing(service)));
  expect(text).toContain('1 service · 1 running');
  expect(text).toContain('calc calc.clarity State running Health healthy Origin local wasm Up 1 h 1 min 2 tools');
  expect(text).not.toContain('Last error');
});

test('a display name does not hide the namespace', () => {
  expect(seen(view(knowing({ ...service, displayName: 'Calculator' })))).toContain('Calculator calc calc.clarity');
});

test('a service that failed shows its error and no made-up uptime', () => {
  const failed = { ...service, lifecycle: 'STOPPED', health: 'DEGRADED', lastError: 'no such file', interface: null };
  const text = seen(view(knowing(failed)));
  expect(text).toContain('State stopped Health degraded Origin local wasm Up – Last error: no such file');
  expect(text).toContain('it has not run yet');
});

test('counts that matter are named, others are not', () => {
  const status = statusOf(service);
  const value = { ...status, summary: { ...status.summary, degraded: 1, quarantined: 2 } };
  const state = withAnswer({}, { kind: 'ok', value }, new Date());
  expect(seen(view(state))).toContain('1 service · 1 running · 1 degraded · 2 quarantined');
});

test('an opened service shows its tools', () => {
  const tools = [{ name: 'add', description: 'Adds two numbers.' }, { name: 'half' }];
  const loaded = new Map([['svc_1', { revision: 'iface_1', answer: { kind: 'ok', value: tools } as const }]]);
  expect(seen(view(knowing(service), loaded))).toContain('2 tools add Adds two numbers. half No description.');
});

test('tools that cannot be read say why', () => {
  const answer = { kind: 'failed', reason: 'service not found: svc_1' } as const;
  const text = seen(view(knowing(service), new Map([['svc_1', { revision: 'iface_1', answer }]])));
  expect(text).toContain('service not found: svc_1');
});

test('without a token it shows how to come in, and nothing that it knew', () => {
  const state = withAnswer(knowing(service), { kind: 'refused' }, new Date());
  const text = seen(view(state));
  expect(text).toContain('A token is needed');
  expect(text).toContain('/status?token=<token>');
  expect(text).not.toContain('calc');
  expect(html(view(state))).toContain('<form method="get" action="/status">');
});

test('a daemon that is gone is told, above what was last known', () => {
  const state = withAnswer(knowing(service), { kind: 'failed', reason: 'Failed to fetch' }, new Date());
  const markup = html(view(state));
  expect(markup).toContain('role="alert"');
  expect(markup.indexOf('Failed to fetch')).toBeLessThan(markup.indexOf('calc.clarity'));
});

test('markup in what a service says of itself stays text', () => {
  const evil = '<img src=x onerror=alert(1)>';
  const hostile = { ...service, displayName: evil, lastError: evil, namespace: evil, sourceFile: evil };
  const tools = { revision: 'iface_1', answer: { kind: 'ok', value: [{ name: evil, description: evil }] } as const };
  expect(html(view(knowing(hostile), new Map([['svc_1', tools]])))).not.toContain('<img');
});
