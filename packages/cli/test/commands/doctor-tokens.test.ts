import { expect, test } from '@jest/globals';
import type { CommandContext } from '../../src/command-support/command-context.ts';
import { accessTokensDetail } from '../../src/commands/doctor-tokens.ts';

const DAY_MS = 24 * 60 * 60_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

const context = (items: readonly object[] | Error): CommandContext =>
  ({
    api: { tokens: () => (items instanceof Error ? Promise.reject(items) : Promise.resolve({ items })) },
  }) as unknown as CommandContext;

test('doctor reports tokens that end within 14 days and tokens without an end, each with its repair', async () => {
  const items = [
    { name: 'soon', state: 'active', expiresAt: inDays(13) },
    { name: 'later', state: 'active', expiresAt: inDays(15) },
    { name: 'endless', state: 'active' },
    { name: 'gone', state: 'revoked', expiresAt: inDays(1) },
  ];
  await expect(accessTokensDetail(context(items))).rejects.toMatchObject({
    problems: [
      { text: expect.stringContaining('token soon expires at'), fix: '`clarityctl token rotate soon`' },
      { text: 'token endless does not expire', fix: expect.stringContaining('token revoke endless') },
    ],
  });
});

test('doctor passes tokens that end later, and a daemon that lists none', async () => {
  expect(await accessTokensDetail(context([{ name: 'ci', state: 'active', expiresAt: inDays(80) }]))).toBe('1 active');
  expect(await accessTokensDetail(context([]))).toBe('none');
  expect(await accessTokensDetail(context(new Error('no')))).toContain('not checked');
});
