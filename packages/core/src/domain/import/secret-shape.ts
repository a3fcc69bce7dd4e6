import { isPublicValue } from '../access/public-value.ts';

const SECRET_NAME =
  /(?:^|[_-])(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PWD|API[_-]?KEY|ACCESS[_-]?KEY|PRIVATE[_-]?KEY|AUTH[_-]?KEY|CREDENTIALS?|PAT|DSN|DATABASE_URL|BEARER|JWT)(?:[_-]|$)/i;
/** Names of places and kinds of secrets, not of secrets. */
const PLACE_NAME = /(?:_|-)(?:FILE|PATH|DIR|TYPE|URL|URI|HOST|NAME|ID|EXPIRY|TTL|LENGTH)$/i;
const SECRET_HEADER = /token|secret|key|auth|cookie|password|credential/i;
const PREFIX =
  /^(?:sk-|sk_|pk_live_|rk_live_|ghp_|gho_|ghu_|ghs_|ghr_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA|hf_|npm_|AIza|ya29\.|eyJ[\w-]+\.|dop_v1_|shpat_|SG\.|lin_api_|ntn_|secret_|pat_|tvly-|figd_|sntrys_|-----BEGIN )/;
const PLACEHOLDERS = [
  /^<[^<>]+>$/,
  /^\[[A-Za-z][\w -]*\]$/,
  /^\{\{?[A-Za-z][\w -]*\}\}?$/,
  /^(?:YOUR|MY|INSERT|ENTER|ADD|PUT|REPLACE)[_ -][A-Z0-9_ -]+$/i,
  /^[x*.…]{3,}$/i,
  /^(?:sk-|ghp_|xoxb-)?(?:\.{3}|…|x{3,}|\*{3,})$/i,
  /^(?:changeme|change-me|todo|placeholder|your[- ]?token|your[- ]?api[- ]?key|dummy|none|null|undefined)$/i,
  /^\/path\/to\//,
];
const MIN_RANDOM_LENGTH = 24;
const MIN_BITS = 3.5;
const MAX_PLACEHOLDER_LENGTH = 200;

/** Returns whether a variable, a flag or a query parameter of this name holds a secret. */
export function isSecretName(name: string): boolean {
  const bare = name.replace(/^--?/, '').replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  if (/DATABASE_URL|DSN$/i.test(bare)) return true;
  return SECRET_NAME.test(bare) && !PLACE_NAME.test(bare);
}

/** Returns whether a header of this name holds a secret. */
export const isSecretHeader = (name: string): boolean => SECRET_HEADER.test(name);

/** Returns whether a parameter of a URL of this name holds a secret. */
export const isSecretParameter = (name: string): boolean => /key|token|secret|auth|sig|pass|code/i.test(name);

/** Returns whether a value looks like a secret, whatever its name is: a known prefix, a password in a URL, or random text. */
export function isSecretValue(value: string): boolean {
  if (PREFIX.test(value) || hasPassword(value)) return true;
  if (/sha256:[0-9a-f]{64}$/.test(value)) return false;
  if (value.length < MIN_RANDOM_LENGTH || value.length > 4096 || /[\s/\\]/.test(value)) return false;
  return !isPublicValue(value) && !/^[\w.-]+@\d/.test(value) && /\d/.test(value) && bitsOf(value) >= MIN_BITS;
}

/** Returns whether a value is a placeholder of a manual, such as `<YOUR_TOKEN>`, and so no value. */
export const isPlaceholder = (value: string): boolean =>
  value.length <= MAX_PLACEHOLDER_LENGTH && PLACEHOLDERS.some((pattern) => pattern.test(value.trim()));

const hasPassword = (value: string): boolean =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(value) && URL.canParse(value) && new URL(value).password !== '';

/** Returns the Shannon entropy of a text in bits per character. */
function bitsOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
