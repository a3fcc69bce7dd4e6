import { promises } from './requirement.ts';

export const policy = [
  ...promises('Remote Policy Knobs, per service', {
    'knob.timeout-ms': 'add-remote --timeout-ms ends a remote request that takes longer.',
    'knob.allow-tools': 'add-remote --allow-tools lets only the named tools be seen and called.',
    'knob.max-payload-bytes': 'add-remote --max-payload-bytes bounds requests to and responses from the service.',
    'knob.max-concurrency': 'add-remote --max-concurrency bounds the requests in flight to the service.',
    'knob.auth-ref': 'add-remote --auth-ref names the credential that the service is sent.',
    'authref.legacy': 'A bare name is read from the environment by convention.',
    'authref.env': 'env:VAR is read from that environment variable.',
    'authref.file': 'file:relative/path is read from a file below the secrets root.',
    'authref.header-env': 'header_env:Header:VAR sends the value of the variable in that header.',
  }),
  ...promises('Remote Policy Knobs, environment', {
    'env.remote-allowed-hosts': 'CLARITY_REMOTE_ALLOWED_HOSTS limits remote endpoints to the listed hosts.',
    'env.remote-default-timeout':
      'CLARITY_REMOTE_DEFAULT_TIMEOUT_MS, 20000 by default, applies where a manifest has no timeout.',
    'env.remote-max-payload':
      'CLARITY_REMOTE_MAX_PAYLOAD_BYTES, 1048576 by default, applies where a manifest has no bound.',
    'env.remote-max-concurrency':
      'CLARITY_REMOTE_MAX_CONCURRENCY, 8 by default, applies where a manifest has no bound.',
    'env.remote-auth-file-root': 'CLARITY_REMOTE_AUTH_FILE_ROOT moves the secrets root.',
    'env.remote-auth-file-root.default': 'The secrets root is .clarity/secrets of the workspace.',
    'env.mcp-provisioning': 'CLARITY_ENABLE_MCP_PROVISIONING=1 opens the provisioning tools.',
    'env.compiler-install': 'CLARITY_ENABLE_COMPILER_INSTALL=1 lets runtime__ensure_compiler run an installer.',
    'env.compiler-install-allowlist': 'CLARITY_COMPILER_INSTALL_ALLOWLIST limits which installers may be run.',
  }),
  ...promises('Security Defaults', {
    'security.token-api': 'With a token set, every /api request needs it.',
    'security.token-mcp': 'With a token set, every /mcp request needs it.',
    'security.bearer': 'The token is accepted as Authorization: Bearer <token>.',
    'security.header': 'The token is accepted as x-clarity-token.',
    'security.loopback': 'Without a token only callers on this machine are served.',
    'security.status-token': 'The status page accepts ?token=<token> for a browser session.',
  }),
  ...promises('Audit Chain', {
    'audit.chain': 'No changed, dropped, reordered or repeated record of 10,000 goes unseen by audit verify.',
    'audit.filters': 'The audit is filtered by service, kind, caller, outcome and time.',
    'audit.verify.http': 'GET /api/audit/verify verifies the audit.',
    'cli.audit.verify': 'clarityctl audit verify says what verifies, and fails for what does not.',
    'cli.audit.verify.files': 'clarityctl audit verify --workspace verifies the files without a daemon.',
    'cli.audit.export': 'clarityctl audit export writes all that matches as JSON lines or CSV.',
  }),
  ...promises('Audit And Events', {
    'http.audit': 'GET /api/audit returns the newest audit events.',
    'http.audit.limit': 'GET /api/audit?limit=<n> bounds their number.',
    'http.events': 'GET /api/events streams events as they happen.',
    'page.audit-timeline': 'The status page shows the audit as a timeline.',
    'page.unquarantine': 'The status page lets an operator lift the quarantine of a service.',
    'http.auth.providers': 'GET /api/security/auth/providers tells the state of the credential providers.',
    'http.auth.validate-get': 'GET /api/security/auth/validate says whether a reference resolves.',
    'http.auth.validate-post': 'POST /api/security/auth/validate does the same.',
    'http.auth.secrets': 'GET /api/security/auth/secrets lists the names of stored secrets.',
    'http.auth.set-secret': 'POST /api/security/auth/secrets stores a secret.',
    'http.auth.delete-secret': 'DELETE /api/security/auth/secrets deletes a secret.',
    'http.auth.gate':
      'Storing and deleting secrets over HTTP needs CLARITY_ENABLE_MCP_PROVISIONING=1 or a credential; else it is 403.',
    'http.remove': 'DELETE /api/services/:serviceId removes a service.',
    'http.remove.cleanup': 'DELETE with { "cleanup_artifacts": true } deletes its artifacts as well.',
  }),
];
