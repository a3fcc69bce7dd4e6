import { expect, test } from '@jest/globals';
import type { ServiceDetailsReply, ServiceSummary, StatusReply } from '@clarity-runtime/api-contract';
import { doingAfter } from '../../src/state/actions.ts';
import { withResult, type Loadable } from '../../src/state/loadable.ts';
import { Page } from '../../src/views/page.tsx';
import { acting } from '../support/daemon.ts';
import { html, seen } from '../support/html.ts';
import { detailsOf, service, statusOf } from '../support/service.ts';

const knowing = (...services: readonly ServiceSummary[]): Loadable<StatusReply> =>
  withResult({}, { kind: 'ok', value: statusOf(...services) }, new Date());

const nothing = () => undefined;

function view(status: Loadable<StatusReply>, details: ReadonlyMap<string, Loadable<ServiceDetailsReply>> = new Map()) {
  return (
    <Page
      status={status}
      acts={acting()}
      services={{ details, onToggle: nothing }}
      approvals={{}}
      clients={{ known: {}, planning: { plan: undefined, look: nothing, write: nothing, close: nothing } }}
      audit={{ known: {}, onlyTrouble: false, onFilter: nothing }}
    />
  );
}

test('the page shows that it loads before the first reply', () => {
  expect(seen(view({}))).toBe('Clarity Runtime Loading the status…');
});

test('the page shows the command to add a service when no service exists', () => {
  const text = seen(view(knowing()));
  expect(text).toContain('0 services · 0 running');
  expect(text).toContain('version 0.1.0, process 42, up 1 min');
  expect(text).toContain('No services yet Add one: clarityctl add examples/text-tools');
});

test('a service card shows source, state, health, origin and uptime as text', () => {
  const text = seen(view(knowing(service)));
  expect(text).toContain('1 service · 1 running');
  expect(text).toContain(
    'calc calc.clarity State running Health healthy Origin local wasm Up 1 h 1 min Restart Stop 2 tools, calls and log',
  );
  expect(text).not.toContain('Last error');
});

test('a service card shows the namespace beside the display name', () => {
  expect(seen(view(knowing({ ...service, displayName: 'Calculator' })))).toContain('Calculator calc calc.clarity');
});

test('a failed service has its error, a next step and no uptime', () => {
  const lastError = 'no such file';
  const failed = { ...service, lifecycle: 'STOPPED', health: 'DEGRADED', lastError, interface: null } as const;
  const text = seen(view(knowing(failed)));
  expect(text).toContain('State stopped Health degraded Origin local wasm Up – Last error: no such file');
  expect(text).toContain('Fix the cause, then start it.');
  expect(text).toContain('the interface is unknown before the first start');
});

test('the header shows only counts above 0', () => {
  const status = statusOf(service);
  const value = { ...status, summary: { ...status.summary, degraded: 1, quarantined: 2 } };
  const state = withResult({}, { kind: 'ok', value }, new Date());
  expect(seen(view(state))).toContain('1 service · 1 running · 1 degraded · 2 quarantined');
});

test('the page shows the sign-in form and no earlier data when the token is refused', () => {
  const state = withResult(knowing(service), { kind: 'refused' }, new Date());
  const text = seen(view(state));
  expect(text).toContain('A token is needed');
  expect(text).toContain('/status?token=<token>');
  expect(text).not.toContain('calc');
  // The token does not go into an address.
  expect(html(view(state))).not.toContain('method="get"');
});

test('the page shows an alert above the last known status when the daemon does not respond', () => {
  const state = withResult(knowing(service), { kind: 'failed', reason: 'Failed to fetch' }, new Date());
  const markup = html(view(state));
  expect(markup).toContain('role="alert"');
  expect(markup.indexOf('Failed to fetch')).toBeLessThan(markup.indexOf('calc.clarity'));
});

test.each([
  ['degraded', 'Some events are not stored now'],
  ['read-only', 'then restart the daemon'],
] as const)('the page shows a warning with its remedy when the store is %s', (state, words) => {
  const status = statusOf(service);
  const value = { ...status, storage: { ...status.storage, state, reason: 'no space left' } };
  const text = seen(view(withResult({}, { kind: 'ok', value }, new Date())));
  expect(text).toContain('no space left');
  expect(text).toContain(words);
  expect(html(view(withResult({}, { kind: 'ok', value: status }, new Date())))).not.toContain('role="alert"');
});

test('doingAfter returns undefined after a success and a failure when the session ended', () => {
  expect(doingAfter({ kind: 'ok', value: 1 })).toBeUndefined();
  expect(doingAfter({ kind: 'failed', reason: 'gone' })).toEqual({ state: 'failed', reason: 'gone' });
  expect(doingAfter({ kind: 'refused' })).toMatchObject({ state: 'failed' });
});

test('the page escapes markup in texts of a service', () => {
  const evil = '<img src=x onerror=alert(1)>';
  const hostile = { ...service, displayName: evil, lastError: evil, namespace: evil, sourceFile: evil };
  const lists = { tools: [{ name: evil, description: evil }], resources: [], prompts: [] };
  const value = detailsOf({
    interface: { interfaceRevision: 'i', introspectedAt: null, ...lists },
    logs: [evil],
    recentCalls: [],
  });
  const text = html(view(knowing(hostile), new Map([['svc_1', { value }]])));
  expect(text).toContain('onerror');
  expect(text).not.toContain('<img');
});
