import { PATTERN } from '../domain/services/schema-parts.ts';

const expectations: Readonly<Record<keyof typeof PATTERN, string>> = {
  text: 'be text without control characters',
  argument: 'be text without NUL characters',
  serviceId: "be 'svc_' and 12 lower-case hex digits",
  sha256: 'be 64 lower-case hex digits',
  time: 'be an ISO 8601 time with its offset',
  endpoint: 'be a valid http(s) URL',
  absolutePath: 'be an absolute path',
  proxy: 'be inherit, none or an http(s) URL without user name and path',
  headerName: 'be the name of a header: letters, digits, -, _ and ., at most 64',
  guestHost: 'be a host name in lower case, *. and a name, or either with :port',
  variable: 'be the name of an environment variable',
  policyName: 'be lower-case letters, digits, dots, dashes and underscores, at most 64',
  toolName: 'be letters, digits, _ and -, at most 64',
};

const byPattern: ReadonlyMap<string, string> = new Map(
  Object.entries(PATTERN).map(([name, pattern]) => [pattern, expectations[name as keyof typeof PATTERN]]),
);

/** Returns the words after "must" for a text that does not match a pattern. */
export const expectedBy = (pattern: string): string => byPattern.get(pattern) ?? 'have another form';
