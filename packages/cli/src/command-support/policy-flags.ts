import type { ServicePolicy } from '@clarity-runtime/core';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { namesFlag, numberFlag } from './flags.ts';

const IDLE_MS = [10, 600_000] as const;
const TOTAL_MS = [10, 3_600_000] as const;
const PAYLOAD_BYTES = [1024, 10_485_760] as const;
const CONCURRENCY = [1, 256] as const;

/** Flags of `spec.policy`, the same for every command that registers a service. */
export const policyFlags: Flags = {
  'timeout-ms': { type: 'text', describe: 'milliseconds that a request may be idle' },
  'max-timeout-ms': { type: 'text', describe: 'milliseconds of a request with all its messages' },
  'allow-tools': { type: 'texts', describe: 'comma-separated list of visible tools; all others are hidden' },
  'deny-tools': { type: 'texts', describe: 'comma-separated list of hidden tools' },
  'max-payload-bytes': { type: 'text', describe: 'size limit of one request or response in bytes' },
  'max-concurrency': { type: 'text', describe: 'maximum number of concurrent requests' },
};

/** Returns the policy of the flags; undefined without any. Throws a `CliError` for a value out of range. */
export function policyOf(given: ParsedArgs): ServicePolicy | undefined {
  const maxBytes = numberFlag(given, 'max-payload-bytes', PAYLOAD_BYTES);
  const policy = {
    timeoutMs: numberFlag(given, 'timeout-ms', IDLE_MS),
    maxTimeoutMs: numberFlag(given, 'max-timeout-ms', TOTAL_MS),
    allowTools: namesFlag(given, 'allow-tools'),
    denyTools: namesFlag(given, 'deny-tools'),
    maxRequestBytes: maxBytes,
    maxResponseBytes: maxBytes,
    maxConcurrency: numberFlag(given, 'max-concurrency', CONCURRENCY),
  };
  const set = Object.entries(policy).filter(([, value]) => value !== undefined);
  return set.length === 0 ? undefined : Object.fromEntries(set);
}
