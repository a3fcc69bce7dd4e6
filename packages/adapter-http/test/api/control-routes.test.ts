import { expect, test } from '@jest/globals';
import { createCallers, type HttpDoor, operatorIdentity } from '../../src/guard/callers.ts';
import { startDaemon } from '../support/daemon.ts';

async function get(
  url: string,
  method = 'GET',
  body?: object,
): Promise<{ status: number; value: Record<string, unknown> }> {
  const answer = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: answer.status, value: (await answer.json()) as Record<string, unknown> };
}

test('the API reviews and accepts the interface of a service', async () => {
  await using daemon = await startDaemon();
  const id = await daemon.register('calc');
  const base = `${daemon.url}/api/services/${id}`;
  expect(await get(`${base}/interface/diff`)).toMatchObject({
    status: 200,
    value: { serviceId: id, changes: [], held: [] },
  });
  expect(await get(`${base}/interface/accept`, 'POST', {})).toMatchObject({
    status: 409,
    value: { code: 'SERVICE_STOPPED' },
  });
  await get(`${base}/start`, 'POST', {});
  expect(await get(`${base}/interface/accept`, 'POST', { tools: ['add'] })).toMatchObject({ status: 200 });
  expect(await get(`${base}/interface/accept`, 'POST', { tools: [] })).toMatchObject({
    status: 400,
    value: { field: 'tools' },
  });
  expect(await get(`${base}/interface/accept`, 'POST', { tools: ['nope'] })).toMatchObject({ status: 404 });
  expect(await get(`${daemon.url}/api/services/svc_none/interface/diff`)).toMatchObject({ status: 404 });
});

test('the API lists approvals, and answers an unknown approval with 404', async () => {
  await using daemon = await startDaemon();
  expect(await get(`${daemon.url}/api/approvals`)).toEqual({ status: 200, value: { items: [] } });
  for (const word of ['approve', 'deny']) {
    expect(await get(`${daemon.url}/api/approvals/none/${word}`, 'POST', {})).toMatchObject({
      status: 404,
      value: { code: 'APPROVAL_NOT_FOUND' },
    });
  }
});

test('GET /api/explain explains a tool for a client of the MCP endpoint, not for the operator', async () => {
  await using daemon = await startDaemon();
  const id = await daemon.register('calc');
  await get(`${daemon.url}/api/services/${id}/start`, 'POST', {});
  expect(await get(`${daemon.url}/api/explain?tool=calc__add`)).toMatchObject({ value: { visibility: 'visible' } });
  expect(await get(`${daemon.url}/api/explain?tool=calc__add&grants=read`)).toMatchObject({
    value: { visibility: 'denied', reasons: [{ code: 'GRANT_REQUIRED' }] },
  });
  expect(await get(`${daemon.url}/api/explain?tool=calc__add&grants=all`)).toMatchObject({
    status: 400,
    value: { field: 'grants' },
  });
  expect(await get(`${daemon.url}/api/explain`)).toMatchObject({ status: 400, value: { field: 'tool' } });
});

test('[env.mcp-provisioning] createCallers grants MCP clients provision when it is on or approved', () => {
  const verbsAt = (gate: boolean | 'approve', door: HttpDoor): readonly string[] =>
    createCallers({ mcpProvisioning: gate })(operatorIdentity('x'), door).grants.flatMap(({ verbs }) => verbs);
  const grants = (gate: boolean | 'approve'): readonly string[] => verbsAt(gate, 'mcp');
  expect(grants(false)).toEqual(['read', 'call', 'inspect', 'operate']);
  expect(grants('approve')).toEqual(['read', 'call', 'inspect', 'operate', 'provision']);
  expect(grants(true)).toEqual(['read', 'call', 'inspect', 'operate', 'provision', 'secrets']);
  expect(verbsAt(false, 'http')).toContain('provision');
});
