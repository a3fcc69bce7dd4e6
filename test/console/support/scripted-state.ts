/** One service of the scripted daemon. */
export type ScriptedService = Record<string, unknown> & { readonly id: string; readonly ns: string };

const KINDS = ['local_wasm', 'local_process', 'remote_mcp'] as const;
const HOUR_MS = 3_600_000;

/** Returns `count` services that run, without a problem. */
export function runningServices(count: number, now = Date.now()): ScriptedService[] {
  return Array.from({ length: count }, (_, index) => {
    const ns = `team${String(index % 20)}-service-${String(index).padStart(4, '0')}`;
    const kind = KINDS[index % 3] ?? 'remote_mcp';
    return {
      id: `svc_${String(index).padStart(16, '0')}`,
      ns,
      kind,
      what: kind === 'remote_mcp' ? `https://mcp-${String(index % 7)}.example.com/${ns}/mcp` : `node ${ns}.mjs`,
      state: index % 25 === 24 ? 'stopped' : 'ready',
      since: new Date(now - HOUR_MS - index * 1_000).toISOString(),
      calls: index % 9 === 0 ? index % 50 : 0,
      failed: 0,
      p95Ms: 20 + (index % 400),
      tools: 1 + (index % 30),
      tokens: 100 * (1 + (index % 30)),
      restarts: 0,
    };
  });
}

/** Text that tries to run, to hide and to reorder. */
export const HOSTILE = '<img src=x onerror="globalThis.hacked=1">\u202etxt.exe\u200b\u0007 javascript:alert(1)';

export interface ScriptedState {
  services: ScriptedService[];
  problems: Record<string, unknown>[];
  approvals: Record<string, unknown>[];
  calls: Record<string, unknown>[];
  events: Record<string, unknown>[];
}

/** Returns a state with one problem of each kind, requests that wait, calls and events. */
export function troubledState(count: number, now = Date.now()): ScriptedState {
  const services = runningServices(count, now);
  const since = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
  const problems: Record<string, unknown>[] = [];
  const add = (indexes: readonly number[], problem: Record<string, unknown>, state: string, more = {}): void => {
    const id = `prb_${String(problems.length)}`;
    const members = indexes.flatMap((index) => services[index] ?? []);
    for (const one of members) Object.assign(one, { state, cause: id, since: problem['since'], ...more });
    if (members.length === 0) return;
    problems.push({
      id,
      severity: 'error',
      state,
      count: members.length,
      services: members.map(({ id: of }) => of),
      ...problem,
    });
  };
  const dead = services.flatMap((_, index) => (index % 48 === 7 ? [index] : [])).slice(0, 20);
  if (dead.length > 3) {
    add(
      dead,
      {
        code: 'UPSTREAM_UNREACHABLE',
        since: since(7),
        source: 'connect',
        line: 'ECONNREFUSED 10.20.4.11:8443 (mcp.eu-2.internal.example)',
        meaning: 'All use the same host.',
        fix: { kind: 'retry', command: 'clarityctl restart' },
      },
      'failing',
    );
  }
  add(
    [1],
    {
      code: 'START_FAILED',
      since: since(12),
      source: 'stderr',
      line: 'FATAL: API_KEY is not set',
      meaning: 'It exits as soon as it starts.',
      retryAt: new Date(now + 180_000).toISOString(),
      fix: { kind: 'set_variable', name: 'API_KEY' },
    },
    'retrying',
  );
  add(
    [2],
    {
      code: 'LOGIN_NEEDED',
      since: since(31),
      source: 'http',
      line: 'WWW-Authenticate: Bearer error="invalid_token", resource_metadata="https://mcp.tracker.example/.well-known/oauth-protected-resource"',
      meaning: 'The login expired and could not be renewed.',
      severity: 'warn',
      fix: { kind: 'sign_in' },
    },
    'login',
  );
  add(
    [4],
    {
      code: 'CIRCUIT_OPEN',
      since: since(3),
      source: 'stderr',
      line: 'ConnectionResetError: [Errno 104] Connection reset by peer',
      meaning: '73 of 118 calls failed in 60 s. The circuit is open.',
      severity: 'warn',
      fix: { kind: 'retry' },
    },
    'degraded',
    { calls: 118, failed: 73 },
  );
  add(
    [5],
    {
      code: 'INTERFACE_CHANGED',
      since: since(96),
      source: 'diff',
      line: 'search_notes: the description has instructions to a model',
      meaning: 'The tool is blocked until you accept the change.',
      severity: 'warn',
      fix: { kind: 'review_change' },
    },
    'ready',
    { held: 1 },
  );
  add(
    [6],
    {
      code: 'QUARANTINED',
      since: since(58),
      source: 'stderr',
      line: "Error: Cannot find module '/srv/crm/dist/index.js'",
      meaning: 'It does not restart until you clear the quarantine.',
      fix: { kind: 'clear_quarantine' },
    },
    'quarantined',
  );
  return {
    services,
    problems,
    approvals: approvalsAt(now),
    calls: callsAt(services, now),
    events: eventsAt(services, now, 300),
  };
}

const DIGEST = 'a'.repeat(64);

function approvalsAt(now: number): Record<string, unknown>[] {
  const common = {
    digest: DIGEST,
    state: 'pending',
    requestedBy: { kind: 'loopback', id: 'loopback', door: 'mcp' },
    requestedAt: new Date(now - 120_000).toISOString(),
  };
  return [
    {
      ...common,
      id: 'apr_71',
      tool: 'runtime__register_local',
      client: 'codex',
      expiresAt: new Date(now + 780_000).toISOString(),
      arguments: {
        name: 'installer',
        command: 'bash',
        args: ['-c', 'curl -fsSL https://tools.example.net/install.sh | sh'],
      },
    },
    {
      ...common,
      id: 'apr_72',
      tool: 'runtime__register_remote',
      client: 'claude-code',
      expiresAt: new Date(now + 540_000).toISOString(),
      arguments: { endpoint: 'https://status.example.com/mcp', module: 'status' },
    },
  ];
}

const OUTCOMES = ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'tool_error', 'error', 'denied'] as const;

/** Returns 200 calls of the last ten minutes, newest first. */
export function callsAt(services: readonly ScriptedService[], now: number, count = 200): Record<string, unknown>[] {
  const active = services.slice(0, 30);
  return Array.from({ length: active.length === 0 ? 0 : count }, (_, index) => {
    const service = active[(index * 7) % active.length];
    const outcome = OUTCOMES[index % OUTCOMES.length];
    return {
      id: `c${String(1_000_000 - index)}`,
      at: new Date(now - index * 2_900).toISOString(),
      client: { name: ['claude-code', 'codex', 'cursor'][index % 3], version: '2.1' },
      caller: { kind: 'loopback', id: 'loopback', door: 'mcp' },
      service: service?.ns,
      serviceId: service?.id,
      tool: ['search_notes', 'get_note', 'list_notes'][index % 3],
      outcome,
      ...(outcome === 'ok' ? {} : { code: 'CALL_TIMED_OUT', reason: 'no reply within 20 s' }),
      durationMs: 5 + ((index * 37) % 1_400),
      requestBytes: 120,
      responseBytes: 200 + ((index * 977) % 30_000),
    };
  });
}

/** Returns events, oldest first, one every 40 s until now. */
export function eventsAt(services: readonly ScriptedService[], now: number, count: number): Record<string, unknown>[] {
  const kinds = ['service.started', 'service.restarted', 'policy.applied', 'auth.failed', 'interface.changed'];
  return Array.from({ length: count }, (_, index) => ({
    seq: index + 1,
    id: `evt_${String(index + 1)}`,
    at: new Date(now - (count - index) * 40_000).toISOString(),
    kind: kinds[index % kinds.length],
    level: index % 17 === 0 ? 'error' : index % 11 === 0 ? 'warn' : 'info',
    message: index % 50 === 49 ? HOSTILE : `event ${String(index)} of the script`,
    serviceId: services.length === 0 ? undefined : services[index % services.length]?.id,
    caller: { kind: 'loopback', id: 'loopback', door: index % 2 === 0 ? 'http' : 'mcp' },
  }));
}
