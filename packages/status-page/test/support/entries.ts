import { STATE_WORDS } from '@clarity-runtime/api-contract';
import fc from 'fast-check';
import type { CallEntry, ConsoleSnapshot, ServiceEntry } from '../../src/api/model.ts';

/** Any service that the daemon may send. */
export const anyService: fc.Arbitrary<ServiceEntry> = fc.record(
  {
    id: fc.string({ minLength: 1 }),
    ns: fc.string({ minLength: 1, maxLength: 5 }),
    kind: fc.constantFrom('local_wasm', 'local_process', 'remote_mcp', 'something_new'),
    what: fc.string({ maxLength: 5 }),
    state: fc.constantFrom(...STATE_WORDS),
    calls: fc.nat(100),
    failed: fc.nat(10),
    tools: fc.nat(50),
    tokens: fc.nat(5_000),
    restarts: fc.nat(3),
    since: fc.constantFrom('2026-11-30T10:00:00.000Z', '2026-11-30T11:00:00.000Z'),
    p95Ms: fc.nat(900),
    held: fc.nat(2),
    cause: fc.constantFrom('p1', 'p2'),
  },
  { requiredKeys: ['id', 'ns', 'kind', 'what', 'state', 'calls', 'failed', 'tools', 'tokens', 'restarts'] },
);

/** A running service. */
export const serviceOf = (id: string, more: Partial<ServiceEntry> = {}): ServiceEntry => ({
  id,
  ns: id,
  kind: 'local_process',
  what: 'node server.mjs',
  state: 'ready',
  calls: 0,
  failed: 0,
  tools: 1,
  tokens: 10,
  restarts: 0,
  ...more,
});

/** A snapshot of running services. */
export const snapshotOf = (cursor: string, ...services: readonly ServiceEntry[]): ConsoleSnapshot => ({
  cursor,
  runtime: {
    version: '0.1.0',
    listen: 'http://127.0.0.1:4707',
    mcpPath: '/mcp',
    cli: 'clarityctl',
    pid: 1,
    startedAt: '2026-11-30T10:00:00.000Z',
    rssBytes: 1,
  },
  storage: { state: 'up' },
  services,
  problems: [],
  approvals: [],
});

export const callOf = (id: number): CallEntry => ({
  id: String(id),
  at: new Date(1_700_000_000_000 + id).toISOString(),
  caller: { kind: 'loopback', id: 'loopback', door: 'mcp' },
  service: 'ledger',
  tool: 'balance',
  outcome: 'ok',
  durationMs: 1,
});
