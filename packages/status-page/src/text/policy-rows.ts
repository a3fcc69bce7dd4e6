import type { PolicyReportReply } from '@clarity-runtime/api-contract';
import { toBytes, toCount, toDuration } from './numbers.ts';

/** One effective rule with the place that sets it. */
export interface PolicyRow {
  readonly rule: string;
  readonly value: string;
  readonly source: string;
}

type Rules = PolicyReportReply['effective'];

const LABELS: Readonly<Record<string, string>> = {
  timeoutMs: 'Call timeout',
  idleTimeoutMs: 'Idle timeout',
  maxTimeoutMs: 'Longest call',
  maxRequestBytes: 'Max request size',
  maxResponseBytes: 'Max response size',
  maxConcurrency: 'Max concurrent calls',
  queue: 'Queue size',
  rate: 'Rate limit',
  allowTools: 'Allowed tools',
  denyTools: 'Denied tools',
  allowPrompts: 'Allowed prompts',
  denyPrompts: 'Denied prompts',
  allowResources: 'Allowed resources',
  denyResources: 'Denied resources',
  tools: 'Rules of single tools',
};

/** Returns the effective rules, those with a label first, each with the sources that set the same value. */
export function toPolicyRows({ effective, sources }: PolicyReportReply): readonly PolicyRow[] {
  return [...new Set([...Object.keys(LABELS), ...Object.keys(effective)])].flatMap((key) => {
    const value = memberOf(effective, key);
    if (value === undefined) return [];
    const text = JSON.stringify(value);
    const setters = sources.filter(({ policy }) => JSON.stringify(memberOf(policy, key)) === text);
    const parts = sources.filter(({ policy }) => memberOf(policy, key) !== undefined);
    const named = setters.length > 0 ? setters : parts;
    return [
      {
        rule: LABELS[key] ?? toWords(key),
        value: toRuleValue(key, value),
        source: named.length === 0 ? 'default' : named.map(({ where }) => where).join(', '),
      },
    ];
  });
}

/** `maxOpenFiles` as `Max open files`. */
const toWords = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^./, (letter) => letter.toUpperCase());

const memberOf = (rules: Rules, key: string): unknown => (rules as Readonly<Record<string, unknown>>)[key];

function toRuleValue(key: string, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  if (typeof value === 'number') return toNumberValue(key, value);
  if (key === 'rate') {
    const { perMinute, burst } = value as { readonly perMinute: number; readonly burst?: number };
    return `${toCount(perMinute)} per min${burst === undefined ? '' : `, bursts of ${toCount(burst)}`}`;
  }
  return JSON.stringify(value);
}

function toNumberValue(key: string, value: number): string {
  if (key.endsWith('Ms')) return toDuration(value);
  return key.endsWith('Bytes') ? toBytes(value) : toCount(value);
}
