import type { CircuitBreakerOptions } from '@clarity-runtime/core';
import { z } from 'zod';
import type { ResolvedSettings, Setting } from './setting.ts';
import { wholeNumber } from './values.ts';

const MAX_SECONDS = 3_600;
const MAX_CALLS = 10_000;
const MAX_OPENINGS = 1_000;

const seconds = `a number of seconds from 1 to ${String(MAX_SECONDS)}`;

/** When `clarityd` keeps calls away from a service that fails too many of them. */
export const circuitSettings = {
  circuitWindowSeconds: {
    variables: ['CLARITY_TOOL_CIRCUIT_WINDOW_SECONDS'],
    schema: wholeNumber(1, MAX_SECONDS),
    fallback: 60,
    expects: seconds,
    describe: 'how far back the calls of a service are counted',
  } as Setting<number>,
  circuitMinCalls: {
    variables: ['CLARITY_TOOL_CIRCUIT_MIN_CALLS'],
    schema: wholeNumber(0, MAX_CALLS),
    fallback: 8,
    expects: `a number from 0 to ${String(MAX_CALLS)}`,
    describe: 'calls in that time below which nothing is concluded; 0 keeps no calls away',
  } as Setting<number>,
  circuitErrorRate: {
    variables: ['CLARITY_TOOL_CIRCUIT_ERROR_RATE'],
    schema: z
      .string()
      .regex(/^(1(\.0+)?|0?\.\d{1,6})$/)
      .transform(Number)
      .refine((rate) => rate > 0),
    fallback: 0.6,
    expects: 'a number above 0, at most 1',
    describe: 'part of the calls that the service itself must have failed for calls to be kept away',
  } as Setting<number>,
  circuitCoolDownSeconds: {
    variables: ['CLARITY_TOOL_CIRCUIT_COOL_DOWN_SECONDS'],
    schema: wholeNumber(1, MAX_SECONDS),
    fallback: 5,
    expects: seconds,
    describe: 'how long calls are kept away the first time; twice as long each further time in a row',
  } as Setting<number>,
  circuitMaxCoolDownSeconds: {
    variables: ['CLARITY_TOOL_CIRCUIT_MAX_COOL_DOWN_SECONDS'],
    schema: wholeNumber(1, MAX_SECONDS),
    fallback: 300,
    expects: seconds,
    describe: 'how long calls are kept away at most',
  } as Setting<number>,
  circuitMaxOpenings: {
    variables: ['CLARITY_TOOL_CIRCUIT_MAX_OPENINGS'],
    schema: wholeNumber(1, MAX_OPENINGS),
    fallback: 10,
    expects: `a number from 1 to ${String(MAX_OPENINGS)}`,
    describe: 'times in a row that calls are kept away before the service is quarantined',
  } as Setting<number>,
} as const;

const SECOND_MS = 1_000;

/** The rules in the words of the runtime. */
export const circuitRules = (settings: ResolvedSettings<typeof circuitSettings>): Partial<CircuitBreakerOptions> => ({
  windowMs: settings.circuitWindowSeconds.value * SECOND_MS,
  minCalls: settings.circuitMinCalls.value,
  errorRate: settings.circuitErrorRate.value,
  coolDown: {
    firstMs: settings.circuitCoolDownSeconds.value * SECOND_MS,
    longestMs: Math.max(settings.circuitCoolDownSeconds.value, settings.circuitMaxCoolDownSeconds.value) * SECOND_MS,
  },
  maxOpenings: settings.circuitMaxOpenings.value,
});
