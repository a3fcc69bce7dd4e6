import { ClarityError } from '../errors/clarity-error.ts';
import { type Grant, VERBS } from './grant.ts';

const MAX_GRANTS = 16;
const MAX_PATTERNS = 64;
const MAX_PATTERN_LENGTH = 200;
/** Visible characters; a pattern with another one would match no name that people can read. */
const PATTERN = /^[^\p{C}\s]+$/u;

/** @throws ClarityError REQUEST_INVALID with the field of the first grant that is not valid. */
export function assertGrants(grants: readonly Grant[]): void {
  if (grants.length === 0 || grants.length > MAX_GRANTS)
    throw invalid('grants', `use 1 to ${String(MAX_GRANTS)} grants`);
  for (const { verbs, services, tools, except = {}, limits = {} } of grants) {
    if (verbs.length === 0 || verbs.some((verb) => !VERBS.includes(verb)))
      throw invalid('grants.verbs', `use some of: ${VERBS.join(', ')}`);
    if (services.length === 0) throw invalid('grants.services', 'name a service, or * for all');
    if (tools.length === 0) throw invalid('grants.tools', 'name a tool, or * for all');
    for (const [field, patterns] of Object.entries({ services, tools, ...prefixed(except) }))
      assertPatterns(field, patterns);
    for (const [field, value] of Object.entries(limits)) {
      if (!Number.isInteger(value) || value < 1 || value > 1_000_000)
        throw invalid(`grants.limits.${field}`, 'use a whole number from 1 to 1000000');
    }
  }
}

const prefixed = ({ services = [], tools = [] }: NonNullable<Grant['except']>) => ({
  'except.services': services,
  'except.tools': tools,
});

function assertPatterns(field: string, patterns: readonly string[]): void {
  const isValid =
    patterns.length <= MAX_PATTERNS &&
    patterns.every((pattern) => pattern.length <= MAX_PATTERN_LENGTH && PATTERN.test(pattern));
  if (isValid) return;
  throw invalid(
    `grants.${field}`,
    `use at most ${String(MAX_PATTERNS)} patterns of at most ${String(MAX_PATTERN_LENGTH)} visible characters`,
  );
}

const invalid = (field: string, hint: string): ClarityError =>
  new ClarityError('REQUEST_INVALID', `${field} is not valid`, { field, hint });
