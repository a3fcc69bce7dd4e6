import type { CircuitBreakerOptions } from '@clarity-runtime/core';
import { z } from 'zod';
import type { ResolvedSettings, Setting } from './setting.ts';
import { wholeNumber } from './values.ts';

const MAX_SECONDS = 3_600;
const MAX_CALLS = 10_000;
const MAX_OPENINGS = 1_000;

const seconds = `a number of seconds from 1 to ${String(MAX_SECONDS)}`;

/** Settings of the circuit breaker of services. */
export const circuitSettings = {
  circuitWindowSeconds: {
    variables: ['CLARITY_TOOL_CIRCUIT_WINDOW_SECONDS'],
    schema: wholeNumber(1, MAX_SECONDS),
    fallback: 60,
    expects: seconds,
    describe: 'length of the sliding window of the circuit breaker in seconds',
  } as Setting<number>,
  circuitMinCalls: {
    variables: ['CLARITY_TOOL_CIRCUIT_MIN_CALLS'],
    schema: wholeNumber(0, MAX_CALLS),
    fallback: 8,
    expects: `a number from 0 to ${String(MAX_CALLS)}`,
    describe: 'minimum number of calls in the window before the circuit can open; 0 disables the circuit breaker',
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
    describe: 'error rate at which the circuit opens',
  } as Setting<number>,
  circuitCoolDownSeconds: {
    variables: ['CLARITY_TOOL_CIRCUIT_COOL_DOWN_SECONDS'],
    schema: wholeNumber(1, MAX_SECONDS),
    fallback: 5,
    expects: seconds,
    describe: 'seconds that the circuit stays open; doubles with each consecutive opening',
  } as Setting<number>,
  circuitMaxCoolDownSeconds: {
    variables: ['CLARITY_TOOL_CIRCUIT_MAX_COOL_DOWN_SECONDS'],
    schema: wholeNumber(1, MAX_SECONDS),
    fallback: 300,
    expects: seconds,
    describe: 'maximum seconds that the circuit stays open',
  } as Setting<number>,
  circuitMaxOpenings: {
    variables: ['CLARITY_TOOL_CIRCUIT_MAX_OPENINGS'],
    schema: wholeNumber(1, MAX_OPENINGS),
    fallback: 10,
    expects: `a number from 1 to ${String(MAX_OPENINGS)}`,
    describe: 'consecutive openings before the service is quarantined',
  } as Setting<number>,
} as const;

const SECOND_MS = 1_000;

/** Converts the settings to options of the runtime. */
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
