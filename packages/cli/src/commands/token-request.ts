import { ROLES, VERBS, type Role } from '@clarity-runtime/core/internal';
import type { Verb } from '@clarity-runtime/core';
import type { TokenBody } from '../api/api-client.ts';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { usageError } from '../support/cli-error.ts';

const DOORS = ['mcp', 'http', 'metrics'] as const;

/** Flags of `clarityctl token`. */
export const tokenFlags: Flags = {
  role: { type: 'text', describe: `grants by name: ${Object.keys(ROLES).join(', ')}`, fallbackText: 'client' },
  grant: { type: 'text', describe: `comma-separated grants: ${VERBS.join(', ')}` },
  service: { type: 'texts', describe: 'namespace of a service; `*` matches any characters', fallbackText: '*' },
  tool: { type: 'texts', describe: 'name of a tool or a prompt, or URI of a resource', fallbackText: '*' },
  except: { type: 'texts', describe: 'tool, prompt or resource to leave out' },
  'except-service': { type: 'texts', describe: 'service to leave out' },
  door: { type: 'text', describe: `comma-separated entry points: ${DOORS.join(', ')}`, fallbackText: 'mcp' },
  profile: { type: 'text', describe: 'name of the only profile that the token may use' },
  rate: { type: 'text', describe: 'maximum number of tool calls per minute' },
  concurrency: { type: 'text', describe: 'maximum number of tool calls at a time' },
  expires: { type: 'text', describe: 'life: 90d, 12h, 30m, or never', fallbackText: '90d' },
  note: { type: 'text', describe: 'note for the list' },
  overlap: { type: 'text', describe: 'how long the former secret of a rotated token stays valid', fallbackText: '24h' },
  save: { type: 'text', describe: 'new file for the token, with mode 0600, in place of the terminal' },
};

/** Returns the body of a new token. Throws a usage error that names the flag. */
export function tokenBody(name: string, given: ParsedArgs): TokenBody {
  const [perMinute, concurrency] = [wholeOf(given, 'rate'), wholeOf(given, 'concurrency')];
  const limits = {
    ...(perMinute === undefined ? {} : { perMinute }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
  const [services, tools] = [given.all('except-service'), given.all('except')];
  const except = {
    ...(services.length === 0 ? {} : { services: [...services] }),
    ...(tools.length === 0 ? {} : { tools: [...tools] }),
  };
  const doors = wordsOf(given.text('door'), DOORS, 'door');
  const expires = given.text('expires');
  const [note, profile] = [given.text('note'), given.text('profile')];
  return {
    name,
    grants: [
      {
        verbs: verbsOf(given),
        services: orAll(given.all('service')),
        tools: orAll(given.all('tool')),
        ...(Object.keys(except).length === 0 ? {} : { except }),
        ...(Object.keys(limits).length === 0 ? {} : { limits }),
      },
    ],
    ...(doors === undefined ? {} : { doors }),
    ...(expires === undefined ? {} : { lifeSeconds: expires === 'never' ? null : secondsOf('expires', expires) }),
    ...(note === undefined ? {} : { note }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** Returns the overlap of a rotation in seconds; undefined for the default. */
export function overlapOf(given: ParsedArgs): number | undefined {
  const text = given.text('overlap');
  return text === undefined ? undefined : text === '0' ? 0 : secondsOf('overlap', text);
}

function verbsOf(given: ParsedArgs): Verb[] {
  const [role, grant] = [given.text('role'), given.text('grant')];
  if (role !== undefined && grant !== undefined) throw usageError('--role and --grant exclude each other');
  if (grant !== undefined) return wordsOf(grant, VERBS, 'grant') ?? [];
  const name = role ?? 'client';
  if (!Object.hasOwn(ROLES, name))
    throw usageError(`unknown role '${name}'`, `roles: ${Object.keys(ROLES).join(', ')}`);
  return [...ROLES[name as Role]];
}

function wordsOf<T extends string>(text: string | undefined, known: readonly T[], flag: string): T[] | undefined {
  const words = text?.split(',').map((word) => word.trim());
  return words?.map((word) => {
    const found = known.find((one) => one === word);
    if (found === undefined) throw usageError(`--${flag}: unknown value '${word}'`, `use some of: ${known.join(', ')}`);
    return found;
  });
}

const orAll = (patterns: readonly string[]): string[] => (patterns.length === 0 ? ['*'] : [...patterns]);

function wholeOf(given: ParsedArgs, flag: string): number | undefined {
  const text = given.text(flag);
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw usageError(`--${flag} must be a whole number from 1, not '${text}'`);
}

const UNIT_SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 };

function secondsOf(flag: string, text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,6})([smhd])$/.exec(text) ?? [];
  if (amount === undefined) throw usageError(`--${flag} must be a time like 90d, 12h or 30m, not '${text}'`);
  return Number(amount) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
}
