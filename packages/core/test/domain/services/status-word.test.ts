import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { needsAttention, statusWord, STATUS_WORDS } from '../../../src/domain/services/status-word.ts';

test.each([
  [{ lifecycle: 'REGISTERED', health: 'UNKNOWN' }, 'new'],
  [{ lifecycle: 'STARTING', health: 'UNKNOWN' }, 'starting'],
  [{ lifecycle: 'RUNNING', health: 'HEALTHY' }, 'ready'],
  [{ lifecycle: 'RUNNING', health: 'TIMEOUT' }, 'degraded'],
  [{ lifecycle: 'RUNNING', health: 'UNAUTHORIZED' }, 'login'],
  [{ lifecycle: 'STOPPED', health: 'UNAUTHORIZED', lastError: 'HTTP 401' }, 'login'],
  [{ lifecycle: 'CRASHED', health: 'DEGRADED', lastError: 'x', retryAt: '2026-01-01T00:00:00.000Z' }, 'retrying'],
  [{ lifecycle: 'STOPPED', health: 'DEGRADED', lastError: 'x' }, 'failing'],
  [{ lifecycle: 'STOPPED', health: 'UNKNOWN' }, 'stopped'],
  [{ lifecycle: 'STOPPED', health: 'UNKNOWN', lastError: 'before the stop' }, 'stopped'],
  [{ lifecycle: 'QUARANTINED', health: 'UNAUTHORIZED', lastError: 'x' }, 'quarantined'],
])('statusWord of %j is %s', (status, word) => {
  expect(statusWord(status)).toBe(word);
});

test('every status has one of the listed words, and only a running service is ready', () => {
  const status = fc.record({
    lifecycle: fc.constantFrom('REGISTERED', 'STARTING', 'RUNNING', 'STOPPING', 'STOPPED', 'CRASHED', 'QUARANTINED'),
    health: fc.constantFrom('UNKNOWN', 'HEALTHY', 'DEGRADED', 'TIMEOUT', 'UNAUTHORIZED', 'UNREACHABLE'),
    retryAt: fc.option(fc.constant('2026-01-01T00:00:00.000Z'), { nil: undefined }),
    lastError: fc.option(fc.string(), { nil: undefined }),
  });
  fc.assert(
    fc.property(status, (given) => {
      const word = statusWord(given);
      expect(STATUS_WORDS).toContain(word);
      if (word === 'ready') expect([given.lifecycle, needsAttention(word)]).toEqual(['RUNNING', false]);
    }),
  );
});
