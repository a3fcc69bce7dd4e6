import { afterEach, expect, jest, test } from '@jest/globals';
import type { AuditEventReply } from '@clarity-runtime/api-contract';
import { fetchAudit } from '../../src/api/audit.ts';
import { AuditSection } from '../../src/views/audit-section.tsx';
import { actorOf } from '../../src/format/event-text.ts';
import { daemon } from '../support/daemon.ts';
import { hosts, seen } from '../support/html.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const started: AuditEventReply = {
  seq: 1,
  id: 'a/1/1',
  at: '2026-01-01T00:00:00.000Z',
  kind: 'service.started',
  level: 'info',
  message: 'Service started',
  serviceId: 'svc_1',
  caller: { kind: 'loopback', id: 'loopback', door: 'http' },
};
const failed: AuditEventReply = {
  ...started,
  seq: 2,
  level: 'error',
  message: 'Start failed: gone',
  data: { reason: 'gone' },
};

const section = (
  value: readonly AuditEventReply[],
  onlyTrouble = false,
  onFilter: (only: boolean) => void = () => undefined,
) => (
  <AuditSection known={{ value }} names={new Map([['svc_1', 'calc']])} onlyTrouble={onlyTrouble} onFilter={onFilter} />
);

test('[page.audit-timeline] the timeline shows time, message, service and caller, newest first', async () => {
  const asked = daemon({ 'GET /api/audit?limit=25': () => Response.json({ items: [started, failed] }) });
  const answer = await fetchAudit(false);
  expect(answer).toEqual({ kind: 'ok', value: [failed, started] });
  expect(asked).toHaveLength(1);
  const view = section(answer.kind === 'ok' ? answer.value : []);
  const [first = '', second = ''] = hosts(view)
    .filter(({ type }) => type === 'li')
    .map(seen);
  expect(first).toMatch(/ calc Start failed: gone error, this machine, over HTTP$/);
  expect(second).toMatch(/ calc Service started this machine, over HTTP$/);
  expect(hosts(view).find(({ type }) => type === 'time')?.props['dateTime']).toBe(failed.at);
});

test('the timeline shows only warnings and errors when the filter is on', async () => {
  const asked = daemon({ 'GET /api/audit?limit=25&level=warn': () => Response.json({ items: [failed] }) });
  expect(await fetchAudit(true)).toEqual({ kind: 'ok', value: [failed] });
  expect(asked).toHaveLength(1);
  const wanted: boolean[] = [];
  const box = hosts(section([], true, (only) => wanted.push(only))).find(({ type }) => type === 'input');
  expect(box?.props['checked']).toBe(true);
  (box?.props['onChange'] as (event: object) => void)({ currentTarget: { checked: false } });
  expect(wanted).toEqual([false]);
  expect(seen(section([], true))).toContain('No warnings or errors.');
});

test.each([
  [undefined, 'the runtime'],
  [{ kind: 'system', id: 'system', door: 'boot' }, 'the runtime'],
  [{ kind: 'token', id: 'ab12', door: 'mcp' }, 'token ab12, over MCP'],
  [{ kind: 'operator', id: 'embedded', door: 'embedded' }, 'operator, over EMBEDDED'],
])('the caller %j is shown as %s', (caller, words) => {
  expect(actorOf(caller)).toBe(words);
});
