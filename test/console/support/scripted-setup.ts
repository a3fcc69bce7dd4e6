const GRANT = { verbs: ['read', 'call'], services: ['*'], tools: ['*'] };

/** Replies that are the same in every script. */
export const SETUP: Readonly<Record<string, unknown>> = {
  '/api/clients': {
    items: [
      {
        name: 'claude-code',
        version: '2.1',
        caller: { kind: 'loopback', id: 'loopback', door: 'mcp' },
        lastCallAt: new Date().toISOString(),
        calls24h: 812,
        tools: 40,
        tokens: 9_400,
        tokensByService: [
          { service: 'runtime', tools: 18, tokens: 3_200 },
          { service: 'team1-service-0001', tools: 22, tokens: 6_200 },
        ],
        unusedTools: 12,
      },
    ],
  },
  '/api/bootstrap/status': {
    clients: [
      { client: 'claude', path: '/home/me/.claude.json', configured: true, present: true, transport: 'http' },
      { client: 'cursor', path: '/home/me/.cursor/mcp.json', configured: false, present: true },
      { client: 'zed', path: '/home/me/.config/zed/settings.json', configured: false, present: false },
    ],
  },
  '/api/bootstrap': {
    results: [
      {
        client: 'cursor',
        updated: true,
        path: '/home/me/.cursor/mcp.json',
        next: 'restart Cursor',
        entry: '"clarity_gateway": {\n  "url": "http://127.0.0.1:4707/mcp"\n}',
      },
    ],
  },
  '/api/security/auth/secrets': {
    count: 2,
    items: [
      {
        authRef: 'file:crm-key',
        relativePath: 'crm-key',
        usedBy: ['team1-service-0001'],
        updatedAt: new Date(Date.now() - 9e9).toISOString(),
      },
      { authRef: 'file:old', relativePath: 'old', usedBy: [] },
    ],
  },
  '/api/security/auth/providers': {
    providers: [
      { name: 'file', supported: true, healthy: true },
      { name: 'env', supported: true },
    ],
    fileRoot: '/x',
    fileRootExists: true,
  },
  '/api/security/auth/validate': {
    authRef: 'file:crm/api_key',
    provider: 'file',
    target: 'crm/api_key',
    redactedTarget: 'crm/***',
    valid: true,
    issues: [],
    headerKeys: [],
    source: 'file',
  },
  '/api/auth/status': { items: [] },
  '/api/tokens': {
    items: [
      {
        id: 't1',
        name: 'nightly-report',
        state: 'active',
        grants: [GRANT],
        doors: ['mcp'],
        profile: 'reports',
        createdAt: new Date().toISOString(),
        createdBy: 'operator',
        expiresAt: new Date(Date.now() + 8e9).toISOString(),
      },
    ],
  },
  '/api/profiles': {
    items: [
      {
        apiVersion: 'clarity.runtime/v1',
        kind: 'Profile',
        metadata: { name: 'reports' },
        spec: { services: ['team1-*'], discovery: 'search' },
      },
    ],
  },
  '/api/policies': {
    items: [
      {
        apiVersion: 'clarity.runtime/v1',
        kind: 'Policy',
        metadata: { name: 'careful' },
        spec: { denyTools: ['delete_*'] },
      },
    ],
  },
  '/api/config': {
    items: [
      { name: 'CLARITYD_PORT', value: '4707', source: 'default' },
      { name: 'CLARITYD_AUTH_TOKEN', value: '***', source: 'environment' },
    ],
  },
  '/api/policy/test': {
    serviceId: 's',
    tool: 't',
    verdict: 'allowed',
    bounds: {},
    times: { idleMs: 20_000, totalMs: 600_000 },
  },
  '/api/explain': {
    tool: 't',
    visibility: 'visible',
    callable: true,
    reasons: [{ code: 'grant', text: 'the caller has the grant call' }],
  },
  '/api/import': {
    digest: 'd'.repeat(64),
    servers: [
      {
        action: 'new',
        name: 'github',
        from: [{ client: 'cursor', scope: 'user', path: '/home/me/.cursor/mcp.json', name: 'github' }],
        enabled: true,
        starts: 'npx -y @modelcontextprotocol/server-github',
        secrets: ['GITHUB_TOKEN'],
        needs: [],
        login: false,
        notes: [],
      },
      {
        action: 'same',
        name: 'files',
        from: [],
        enabled: true,
        starts: 'npx -y server-filesystem',
        secrets: [],
        needs: [],
        login: false,
        notes: [],
      },
    ],
    files: [{ client: 'cursor', scope: 'user', path: '/home/me/.cursor/mcp.json', servers: 2 }],
    others: 0,
    imports: [
      {
        id: 'imp_1',
        at: new Date().toISOString(),
        complete: true,
        services: ['files'],
        files: ['/home/me/.cursor/mcp.json'],
      },
    ],
  },
};
