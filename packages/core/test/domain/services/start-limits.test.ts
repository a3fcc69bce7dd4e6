import { describe, expect, test } from '@jest/globals';
import { childProcess, remote } from '@clarity-runtime/core';
import { startLimits } from '@clarity-runtime/core/internal';

const runner = { idleMs: 120_000, maxMs: 300_000 };
const usual = { idleMs: 30_000, maxMs: 60_000 };

describe('M2 startLimits', () => {
  test.each([
    ['npx', ['-y', 'x'], runner],
    ['/usr/bin/uvx', ['x'], runner],
    ['C:\\nodejs\\npx.CMD', ['x'], runner],
    ['docker', ['run', '-i', 'image'], runner],
    ['pnpm', ['dlx', 'x'], runner],
    ['npm', ['--silent', 'exec', 'x'], runner],
    ['uv', ['tool', 'run', 'x'], runner],
    ['bun', ['server.ts'], usual],
    ['uv', ['--version'], usual],
    ['node', ['npx'], usual],
  ])('M2 gives %s %j the limits of its kind', (command, args, expected) => {
    expect(startLimits(childProcess(command, args))).toEqual(expected);
  });

  test.each([
    [{ maxMs: 5_000 }, { idleMs: 5_000, maxMs: 5_000 }],
    [{ idleMs: 90_000 }, { idleMs: 90_000, maxMs: 90_000 }],
    [
      { idleMs: 1_000, maxMs: 600_000 },
      { idleMs: 1_000, maxMs: 600_000 },
    ],
    [{ maxMs: 600_000 }, { idleMs: 30_000, maxMs: 600_000 }],
  ])('Q02 spec.start %j replaces the defaults of a remote by %j', (start, expected) => {
    expect(startLimits(remote('http://localhost:1/mcp', { start }))).toEqual(expected);
  });
});
