import { expect, test } from '@jest/globals';
import { event, json, mcpUpstream, type Handle } from '../../support/mcp-upstream.ts';
import { callTool, connectTo, listener } from '../../support/remote-service.ts';
import { until } from '../../support/until.ts';

test.each([400, 401, 403, 405, 409, 410, 429, 500])(
  'Q15 refused-stream: a stream that was open once is reopened after status %i',
  async (status) => {
    let gets = 0;
    const handle: Handle = ({ httpMethod }, response) => {
      if (httpMethod !== 'GET' || (gets += 1) === 1 || gets > 4) return false;
      json(response, status, { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'no' } });
      return true;
    };
    await using upstream = await mcpUpstream({ era: 'legacy', handle });
    const heard = listener();
    const connection = await connectTo(upstream.url, { events: heard, options: { limits: { reopenMs: 1 } } });
    await until(() => upstream.notices.size === 1);
    for (const each of upstream.notices) each.destroy();
    await until(() => gets === 5 && upstream.notices.size === 1);
    const before = heard.changes.length;
    for (const each of upstream.notices) {
      each.write(event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }));
    }
    await until(() => heard.changes.length > before);
    await connection.close('done');
  },
);

test.each([400, 404, 405])(
  'Q15 refused-stream: a first refusal with %i is final only if it is lasting',
  async (status) => {
    let gets = 0;
    const handle: Handle = ({ httpMethod }, response) => {
      if (httpMethod !== 'GET') return false;
      gets += 1;
      response.writeHead(status).end();
      return true;
    };
    await using upstream = await mcpUpstream({ era: 'legacy', handle });
    const connection = await connectTo(upstream.url, { options: { limits: { reopenMs: 1 } } });
    if (status === 404) await until(() => gets > 1);
    else {
      await callTool(connection, 'echo', { args: { text: 'x' } });
      expect(gets).toBe(1);
    }
    await connection.close('done');
  },
);
