import { ClarityError } from '../errors/clarity-error.ts';
import { toPrintableAscii } from '../text/safe-text.ts';
import { DISCOVERIES, PREFIXES, PROFILE_AUTHS, type Profile, type ProfileSpec } from './profile.ts';

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Names of tools that every client accepts. */
const TOOL_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const RUNTIME_TOOL = /^(?:runtime|clarity)__/i;
const RENAMED = /^[^/*\s]{1,64}\/[^\p{C}\s*]{1,200}$/u;
const PATTERN = /^[^\p{C}\s]+$/u;
const MAX_PATTERNS = 64;
const MAX_PATTERN_LENGTH = 200;
const MAX_RENAMES = 256;
const MAX_INSTRUCTIONS = 2_000;
const MAX_TITLE = 100;
const MAX_LIMIT = 1_000_000;

/** Returns whether a text is the name of a profile. */
export const isProfileName = (name: string): boolean => NAME.test(name);

/** @throws ClarityError PROFILE_INVALID with the first field that is not valid. */
export function assertProfile({ metadata: { name, title }, spec }: Profile): void {
  if (!NAME.test(name))
    throw invalid('metadata.name', 'use 1 to 64 of a-z, 0-9, dot, underscore and hyphen, first a letter or a digit');
  if (title !== undefined && title.length > MAX_TITLE)
    throw invalid('metadata.title', `use at most ${String(MAX_TITLE)} characters`);
  const { services, tools = {}, pinned = [], rename = {}, instructions = '', maxTools, limits } = spec;
  if (services.length === 0) throw invalid('spec.services', 'name a service, or * for all');
  const lists = { services, 'tools.allow': tools.allow ?? [], 'tools.deny': tools.deny ?? [], pinned };
  for (const [field, patterns] of Object.entries(lists)) assertPatterns(`spec.${field}`, patterns);
  assertWords(spec);
  assertRenames(rename);
  if (instructions.length > MAX_INSTRUCTIONS)
    throw invalid('spec.instructions', `use at most ${String(MAX_INSTRUCTIONS)} characters`);
  if (maxTools !== undefined && !isWhole(maxTools, 10_000))
    throw invalid('spec.maxTools', 'use a whole number from 1 to 10000');
  for (const [field, value] of Object.entries<number>({ ...limits }))
    if (!isWhole(value, MAX_LIMIT))
      throw invalid(`spec.limits.${field}`, `use a whole number from 1 to ${String(MAX_LIMIT)}`);
}

/** Returns the error of a profile with a field that is not valid. */
export const profileInvalid = (field: string, hint: string): ClarityError => invalid(field, hint);

function assertWords({ prefix, discovery, controlTools, auth }: ProfileSpec): void {
  const words = {
    prefix: [prefix, PREFIXES],
    discovery: [discovery, DISCOVERIES],
    controlTools: [controlTools, ['none', 'read']],
    auth: [auth, PROFILE_AUTHS],
  } as const;
  for (const [field, [value, known]] of Object.entries(words))
    if (value !== undefined && !(known as readonly string[]).includes(value))
      throw invalid(`spec.${field}`, `use one of: ${known.join(', ')}`);
}

function assertPatterns(field: string, patterns: readonly string[]): void {
  const isValid =
    patterns.length <= MAX_PATTERNS &&
    patterns.every((pattern) => pattern.length <= MAX_PATTERN_LENGTH && PATTERN.test(pattern));
  if (!isValid)
    throw invalid(
      field,
      `use at most ${String(MAX_PATTERNS)} patterns of at most ${String(MAX_PATTERN_LENGTH)} visible characters`,
    );
}

function assertRenames(rename: Readonly<Record<string, string>>): void {
  const entries = Object.entries(rename);
  if (entries.length > MAX_RENAMES) throw invalid('spec.rename', `use at most ${String(MAX_RENAMES)} names`);
  const taken = new Map<string, string>();
  for (const [target, name] of entries) {
    const field = `spec.rename['${toPrintableAscii(target)}']`;
    if (!RENAMED.test(target)) throw invalid(field, 'write the key as <namespace>/<tool>');
    if (!TOOL_NAME.test(name) || RUNTIME_TOOL.test(name))
      throw invalid(
        field,
        'use 1 to 64 of A-Z, a-z, 0-9, _ and -, first a letter or _, and not the start runtime__ or clarity__',
      );
    const other = taken.get(name);
    if (other !== undefined)
      throw invalid(field, `'${name}' is the name of ${toPrintableAscii(other)} as well: use another one`);
    taken.set(name, target);
  }
}

const isWhole = (value: number, max: number): boolean => Number.isInteger(value) && value >= 1 && value <= max;

const invalid = (field: string, hint: string): ClarityError =>
  new ClarityError('PROFILE_INVALID', `${field} is not valid`, { field, hint });
