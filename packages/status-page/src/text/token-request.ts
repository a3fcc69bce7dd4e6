/** Grants by name, as `clarityctl token create --role`. */
export const ROLES = [
  { name: 'client', text: 'lists and calls tools', verbs: ['read', 'call'] },
  { name: 'viewer', text: 'sees everything, changes nothing', verbs: ['read', 'inspect'] },
  {
    name: 'operator',
    text: 'everything but tokens and profiles',
    verbs: ['read', 'call', 'inspect', 'operate', 'login', 'provision', 'secrets', 'approve'],
  },
  {
    name: 'admin',
    text: 'everything',
    verbs: ['read', 'call', 'inspect', 'operate', 'login', 'provision', 'secrets', 'approve', 'admin'],
  },
] as const;

/** The texts of the form. Lists are separated by commas. */
export interface TokenFields {
  readonly name: string;
  readonly role: string;
  readonly services: string;
  readonly tools: string;
  readonly profile: string;
  readonly doors: string;
  readonly days: string;
}

const DAY_SECONDS = 24 * 60 * 60;
const MAX_DAYS = 365;

/** Returns the body of `POST /api/tokens`, or the sentence that refuses the fields. */
export function toTokenRequest({ name, role, services, tools, profile, doors, days }: TokenFields): object | string {
  const verbs = ROLES.find((one) => one.name === role)?.verbs;
  if (name === '') return 'The name is empty.';
  if (verbs === undefined) return 'The role is not known.';
  const count = Number(days);
  if (!/^\d{1,3}$/.test(days) || count < 1 || count > MAX_DAYS)
    return `The days are not a whole number from 1 to ${String(MAX_DAYS)}.`;
  return {
    name,
    grants: [{ verbs, services: listOf(services), tools: listOf(tools) }],
    doors: doors.split(','),
    lifeSeconds: count * DAY_SECONDS,
    ...(profile === '' ? {} : { profile }),
  };
}

function listOf(text: string): readonly string[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return parts.length === 0 ? ['*'] : parts;
}
