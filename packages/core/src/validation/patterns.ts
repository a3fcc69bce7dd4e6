import { VISIBLE_TEXT_PATTERN } from '../domain/text/hidden-characters.ts';

/** Regular expressions of the manifest schema, each with what a text must be to match it. */
export const PATTERN = {
  text: VISIBLE_TEXT_PATTERN,
  argument: '^[^\\0\\p{Cs}]*$',
  serviceId: '^svc_[a-f0-9]{12}$',
  sha256: '^[a-f0-9]{64}$',
  time: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$',
  endpoint: '^[Hh][Tt][Tt][Pp][Ss]?://[^\\s\\p{Cc}\\p{Cs}]+$',
  variable: '^[A-Za-z_][A-Za-z0-9_]*$',
  policyName: '^[a-z0-9][a-z0-9._-]{0,63}$',
  toolName: '^[A-Za-z0-9_-]{1,64}$',
} as const;

const expectations: Readonly<Record<keyof typeof PATTERN, string>> = {
  text: 'be text without control characters',
  argument: 'be text without NUL characters',
  serviceId: "be 'svc_' and 12 lower-case hex digits",
  sha256: 'be 64 lower-case hex digits',
  time: 'be an ISO 8601 time with its offset',
  endpoint: 'be a valid http(s) URL',
  variable: 'be the name of an environment variable',
  policyName: 'be lower-case letters, digits, dots, dashes and underscores, at most 64',
  toolName: 'be letters, digits, _ and -, at most 64',
};

const byPattern: ReadonlyMap<string, string> = new Map(
  Object.entries(PATTERN).map(([name, pattern]) => [pattern, expectations[name as keyof typeof PATTERN]]),
);

/** What a text that does not match should have been: the words after "must". */
export const expectedBy = (pattern: string): string => byPattern.get(pattern) ?? 'have another form';
