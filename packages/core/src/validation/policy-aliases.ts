import { ClarityError } from '../domain/errors/clarity-error.ts';
import type { RemoteMcpOrigin, ServicePolicy } from '../domain/services/manifest.ts';

type Alias = readonly [older: keyof RemoteMcpOrigin, newer: keyof ServicePolicy];

const ALIASES: readonly Alias[] = [
  ['timeoutMs', 'timeoutMs'],
  ['allowedTools', 'allowTools'],
  ['maxPayloadBytes', 'maxRequestBytes'],
  ['maxPayloadBytes', 'maxResponseBytes'],
  ['maxConcurrency', 'maxConcurrency'],
];

/** A field and its older name may both be given when they say the same; otherwise nobody knows which one was meant. */
export function checkAliases(origin: RemoteMcpOrigin, policy: ServicePolicy): void {
  for (const [older, newer] of ALIASES) {
    if (origin[older] === undefined || policy[newer] === undefined) continue;
    if (textOf(origin[older]) === textOf(policy[newer])) continue;
    const field = `spec.policy.${newer}`;
    throw new ClarityError('MANIFEST_INVALID', `${field} and spec.origin.${older} say different things`, {
      field,
      hint: `remove spec.origin.${older}: it is the older name of ${field}`,
    });
  }
}

/** Lists of names are sets: their order says nothing. */
const textOf = (value: unknown): string => JSON.stringify(Array.isArray(value) ? value.toSorted() : value);
