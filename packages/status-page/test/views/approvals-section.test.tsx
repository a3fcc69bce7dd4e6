import { afterEach, expect, jest, test } from '@jest/globals';
import type { ApprovalReply } from '@clarity-runtime/api-contract';
import { decide, fetchApprovals } from '../../src/api/approvals.ts';
import { ApprovalsSection } from '../../src/views/approvals-section.tsx';
import { acting, daemon } from '../support/daemon.ts';
import { press, seen } from '../support/html.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const waiting: ApprovalReply = {
  id: 'ab12',
  digest: 'd'.repeat(64),
  tool: 'register_remote',
  state: 'pending',
  requestedBy: { kind: 'token', id: 'cd34', door: 'mcp' },
  client: 'Some client',
  arguments: { endpoint: 'https://x.example/mcp' },
  requestedAt: '2025-12-31T23:00:00.000Z',
  expiresAt: '2026-01-01T00:00:00.000Z',
};

test('the approvals section shows caller and arguments of a request, and approves or denies it', async () => {
  const decided = () => Response.json({ approval: { state: 'approved' } });
  const asked = daemon({ 'POST /api/approvals/ab12/approve': decided, 'POST /api/approvals/ab12/deny': decided });
  const acts = acting();
  const view = <ApprovalsSection known={{ value: [waiting] }} acts={acts} />;
  expect(seen(view)).toContain('1 request waits for you register_remote Requested by token cd34, over MCP');
  expect(seen(view)).toContain('(client name: Some client)');
  expect(seen(view)).toContain(waiting.digest);
  expect(seen(view)).toContain('"endpoint": "https://x.example/mcp"');
  press(view, 'Approve register_remote');
  press(view, 'Deny register_remote');
  expect(await Promise.all(acts.made)).toMatchObject([{ kind: 'ok' }, { kind: 'ok' }]);
  expect(asked.map(({ path }) => path)).toEqual(['/api/approvals/ab12/approve', '/api/approvals/ab12/deny']);
});

test('fetchApprovals returns pending requests; the section is empty without one', async () => {
  const items = [waiting, { ...waiting, id: 'x', state: 'denied' }];
  daemon({ 'GET /api/approvals': () => Response.json({ items }) });
  expect(await fetchApprovals()).toEqual({ kind: 'ok', value: [waiting] });
  expect(seen(<ApprovalsSection known={{ value: [] }} acts={acting()} />)).toBe('');
});

test('approve returns a failure when the approved operation fails', async () => {
  const approval = { state: 'failed', reason: 'nothing answers there' };
  daemon({ 'POST /api/approvals/ab12/approve': () => Response.json({ approval }) });
  expect(await decide(waiting, 'approve')).toEqual({ kind: 'failed', reason: 'nothing answers there' });
});
