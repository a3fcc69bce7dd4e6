import { expect, test } from '@jest/globals';
import { grantOf, type Caller, type Runtime } from '@clarity-runtime/core';
import { VERBS } from '@clarity-runtime/core/internal';
import { startDaemon } from '../support/daemon.ts';
import { ask } from '../support/http-client.ts';

const TOKEN = 'correct-horse-battery-staple';
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'client', version: '1' } },
};

test.each(['Authorization', 'x-clarity-token'])(
  'T-249 the value of %s does not reach the gateway or an upstream',
  async (name) => {
    const callers: Caller[] = [];
    const wrap = (runtime: Runtime): Runtime => ({
      ...runtime,
      gateway: {
        paramHeaders: () => [],
        open: (scope) => {
          callers.push(scope.caller);
          return runtime.gateway.open(scope);
        },
      },
      audit: {
        ...runtime.audit,
        page: (caller, filter) => {
          callers.push(caller);
          return runtime.audit.page(caller, filter);
        },
      },
    });
    await using daemon = await startDaemon({ token: TOKEN, wrap });
    const headers = { [name]: name === 'Authorization' ? `Bearer ${TOKEN}` : TOKEN };
    const accept = 'application/json, text/event-stream';
    await ask(daemon, '/api/audit', { headers });
    await fetch(`${daemon.url}/mcp`, {
      method: 'POST',
      headers: { ...headers, accept, 'content-type': 'application/json' },
      body: JSON.stringify(initialize),
    });
    const known = {
      tenant: 'default',
      principal: { kind: 'token', id: 'operator' },
      credential: { kind: 'operator', id: '87cbebfe' },
    };
    expect(callers).toEqual([
      { ...known, door: 'http', grants: [grantOf(...VERBS)] },
      { ...known, door: 'mcp', grants: [grantOf('read', 'call', 'inspect', 'operate')] },
    ]);
  },
);
