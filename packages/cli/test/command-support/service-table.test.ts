import { expect, test } from '@jest/globals';
import type { ServiceSummary } from '@clarity-runtime/api-contract';
import { ApiClient } from '../../src/api/api-client.ts';
import { printServices } from '../../src/command-support/service-table.ts';
import { Output } from '../../src/terminal/output.ts';
import { textWidth } from '../../src/terminal/text-width.ts';
import { capture } from '../support/capture.ts';

const LIFECYCLES = ['RUNNING', 'STOPPED', 'QUARANTINED', 'STARTING'] as const;

const services = Array.from({ length: 20 }, (_, at) => ({
  serviceId: `svc_${String(at).padStart(12, '0')}`,
  namespace: `${'a-very-long-name-of-a-service-'.slice(0, 10 + at)}${String(at)}`,
  sourceFile: at % 2 === 0 ? `https://mcp.example.com/${'deep/'.repeat(20)}mcp` : '/home/me/project/server.mjs',
  module: 'm',
  originType: at % 2 === 0 ? 'remote_mcp' : 'local_process',
  lifecycle: LIFECYCLES[at % 4],
  health: 'HEALTHY',
  uptimeSeconds: 90_000,
  restartCount: at,
  ...(at % 4 === 1 ? { lastError: 'the process exited with code 1' } : {}),
  calls: { inFlight: 0, waiting: 0, refused: 0 },
  policy: { restart: { mode: 'never', maxRestarts: 1, windowSeconds: 1 }, remote: null },
  interface: { interfaceRevision: 'r', introspectedAt: '', tools: at, resources: 0, prompts: 0 },
})) as unknown as readonly ServiceSummary[];

function printed(columns: number, format?: 'wide'): readonly string[] {
  const stdout = capture(columns);
  const output = new Output({
    stdout,
    stderr: stdout,
    env: { NO_COLOR: '1' },
    ...(format && { format: { kind: format } }),
  });
  const api = new ApiClient({ daemonUrl: new URL('http://127.0.0.1:1') });
  printServices({ api, output, cwd: '/home/me', env: {}, secretInput: { piped: () => Promise.resolve('') } }, services);
  return stdout.text.trimEnd().split('\n');
}

test.each([80, 60])(
  'a table of 20 services at %s columns has every name and status, and no row is wider',
  (columns) => {
    const lines = printed(columns);
    const rows = lines.slice(1, 21);
    for (const row of lines.slice(0, 21)) expect(textWidth(row)).toBeLessThanOrEqual(columns);
    expect(rows.map((row) => row.split(/ {2,}/, 2))).toEqual(
      services.map(({ namespace }, at) => [namespace, ['ready', 'failing', 'quarantined', 'starting'][at % 4]]),
    );
  },
);

test('reasons below the table name the service, the error and the command, five at most', () => {
  const below = printed(80).slice(21);
  for (const line of below) expect(textWidth(line)).toBeLessThanOrEqual(80);
  const text = below.join(' ').replaceAll(/ +/g, ' ');
  expect(text).toMatch(/^a-very-long1: the process exited with code 1 → `clarityctl logs a-very-long1` /);
  expect(text.match(/exited with code 1/g)).toHaveLength(5);
});

test('-o wide has the id, the kind and the restarts', () => {
  const [heading = '', row = ''] = printed(200, 'wide');
  expect(heading).toMatch(/^NAME +STATUS +TOOLS +UPTIME +ID +KIND +HEALTH +CALLS +RESTARTS +FROM$/);
  expect(row).toMatch(/ready +0 +1d 1h +svc_0{12} +remote +HEALTHY +0 +0 +https:/);
});
