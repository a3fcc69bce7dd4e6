import type { LoginChallenge } from '@clarity-runtime/core';

const MAX_LENGTH = 8_192;
const MAX_SCOPES = 64;
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]/;

/**
 * Reads the challenge `Bearer` of the header `WWW-Authenticate` (RFC 9110 §11.6.1, RFC 6750 §3, RFC 9728 §5.1), also beside
 * challenges of other schemes. Returns undefined without one. A parameter that is not well-formed ends the reading.
 */
export function bearerChallenge(header: string | undefined): LoginChallenge | undefined {
  if (header === undefined || header.length > MAX_LENGTH) return undefined;
  const found = bearerParameters(header);
  if (found === undefined) return undefined;
  const resourceMetadata = found.get('resource_metadata');
  const error = found.get('error');
  const scope = found.get('scope')?.trim() ?? '';
  return {
    ...(resourceMetadata !== undefined && URL.canParse(resourceMetadata) ? { resourceMetadata } : {}),
    ...(scope === '' ? {} : { scopes: scope.split(/\s+/).slice(0, MAX_SCOPES) }),
    ...(error === undefined ? {} : { error }),
  };
}

/** A word followed by `=` is a parameter of the scheme before it, any other word is a scheme. */
function bearerParameters(text: string): ReadonlyMap<string, string> | undefined {
  let at = 0;
  let scheme = '';
  let found: Map<string, string> | undefined;
  const skip = (characters: string): void => {
    while (at < text.length && characters.includes(text.charAt(at))) at += 1;
  };
  while (at < text.length) {
    skip(' \t,');
    const start = at;
    while (at < text.length && TOKEN.test(text.charAt(at))) at += 1;
    const word = text.slice(start, at).toLowerCase();
    if (word === '') return found;
    skip(' \t');
    if (text.charAt(at) !== '=' || text.charAt(at + 1) === '=') {
      // `token68` credentials of another scheme are skipped to the next comma.
      if (text.charAt(at) === '=') skipTo(',');
      else scheme = word;
      if (scheme === 'bearer') found ??= new Map();
      continue;
    }
    at += 1;
    skip(' \t');
    const value = text.charAt(at) === '"' ? quoted() : plain();
    if (value === undefined) return found;
    if (scheme === 'bearer' && found?.has(word) === false) found.set(word, value);
  }
  return found;

  function skipTo(end: string): void {
    while (at < text.length && text.charAt(at) !== end) at += 1;
  }
  function plain(): string {
    const start = at;
    while (at < text.length && !' \t,'.includes(text.charAt(at))) at += 1;
    return text.slice(start, at);
  }
  function quoted(): string | undefined {
    let value = '';
    for (at += 1; at < text.length; at += 1) {
      const character = text.charAt(at);
      if (character === '"') {
        at += 1;
        return value;
      }
      if (character === '\\') at += 1;
      value += text.charAt(at);
    }
    return undefined;
  }
}
