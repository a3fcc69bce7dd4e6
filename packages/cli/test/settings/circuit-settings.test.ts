import { expect, test } from '@jest/globals';
import { circuitRules, circuitSettings } from '../../src/settings/circuit-settings.ts';
import { resolveSettings } from '../../src/settings/setting.ts';

const rules = (env: Record<string, string> = {}) => circuitRules(resolveSettings(circuitSettings, {}, env));

test('circuit settings equal the defaults of the runtime when no variable is set', () => {
  expect(rules()).toEqual({
    windowMs: 60_000,
    minCalls: 8,
    errorRate: 0.6,
    coolDown: { firstMs: 5_000, longestMs: 300_000 },
    maxOpenings: 10,
  });
});

test('each circuit limit has a variable, and the maximum cool-down is at least the first', () => {
  expect(
    rules({
      CLARITY_TOOL_CIRCUIT_WINDOW_SECONDS: '10',
      CLARITY_TOOL_CIRCUIT_MIN_CALLS: '0',
      CLARITY_TOOL_CIRCUIT_ERROR_RATE: '.25',
      CLARITY_TOOL_CIRCUIT_COOL_DOWN_SECONDS: '30',
      CLARITY_TOOL_CIRCUIT_MAX_COOL_DOWN_SECONDS: '20',
      CLARITY_TOOL_CIRCUIT_MAX_OPENINGS: '3',
    }),
  ).toEqual({
    windowMs: 10_000,
    minCalls: 0,
    errorRate: 0.25,
    coolDown: { firstMs: 30_000, longestMs: 30_000 },
    maxOpenings: 3,
  });
});

test.each(['0', '0.0', '1.1', '-0.5', '60%', ''.padEnd(3, 'x')])(
  'circuit settings reject the rate %j and name the variable',
  (rate) => {
    expect(() => rules({ CLARITY_TOOL_CIRCUIT_ERROR_RATE: rate })).toThrow('CLARITY_TOOL_CIRCUIT_ERROR_RATE');
  },
);
