import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { canariesIn } from '../../../../test/support/canaries.ts';
import { runCtl } from '../../src/programs/clarityctl-program.ts';
import { exitCodeOf } from '../../src/programs/run-program.ts';
import {
  assertNone,
  canaries,
  canaryDaemon,
  CHILD,
  REMOTE,
  type CanaryDaemon,
  type Shown,
} from '../support/canary-daemon.ts';
import { capture } from '../support/capture.ts';
import { TOOLS } from '../support/reflecting-services.ts';

let at: CanaryDaemon;

beforeAll(async () => {
  at = await canaryDaemon();
});

afterAll(async () => {
  await at.close();
});

test('[first-hour.24] R10d origin.headers and origin.query with secretRef reach the upstream, and no other place', () => {
  expect([...canariesIn(at.upstream.received(), canaries)].sort()).toEqual([...REMOTE].sort());
});

test('R10d no result, error, status, redirect or list of a service shows a secret to a client', async () => {
  const shown: Shown[] = [];
  for (const path of ['/mcp', '/mcp/far', '/mcp/near']) {
    const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } };
    shown.push([`${path} initialize`, await at.mcp('initialize', initialize, path)]);
    shown.push([`${path} tools/list`, await at.mcp('tools/list', {}, path)]);
  }
  for (const service of ['far', 'near'])
    for (const tool of TOOLS) {
      const text = await at.mcp('tools/call', { name: `${service}__${tool}`, arguments: {} });
      shown.push([`${service}__${tool}`, text]);
    }
  assertNone(shown);
  // Both services repeat what they have received, so that a result without a mark would mean that nothing was sent.
  for (const tool of ['far__echo', 'near__echo']) {
    expect(shown.find(([place]) => place === tool)?.[1]).toContain('clarity/redacted');
  }
});

test('T-386 R10d neither the command line nor the log of the daemon shows a secret', async () => {
  const shown: Shown[] = [];
  const commands =
    'status|list|details far|details near|logs far|logs near|audit|export|doctor|auth list-secrets|auth providers|' +
    'auth validate file:bearer|diff far|explain far__echo|trust list|policy show far';
  for (const command of commands.split('|')) {
    for (const flags of [[], ['--json']]) {
      const [stdout, stderr] = [capture(120), capture(120)];
      const env = { CLARITYD_URL: at.url, NO_COLOR: '1', HOME: at.folder };
      await exitCodeOf(runCtl, { argv: [...command.split(' '), ...flags], cwd: at.folder, stdout, stderr, env });
      shown.push([command, stdout.text + stderr.text]);
    }
  }
  assertNone([...shown, ['log', at.log.join('\n')]]);
});

test('R10d canaries cover every place of a manifest that can hold a secret', () => {
  expect([...REMOTE, ...CHILD].sort()).toEqual(Object.keys(canaries).sort());
});
