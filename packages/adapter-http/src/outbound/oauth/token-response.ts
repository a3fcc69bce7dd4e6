import { LoginFailure, Secret, type TokenSet } from '@clarity-runtime/core';
import { toPrintableAscii, valueText } from '@clarity-runtime/core/internal';
import { jsonObject, type Metadata } from './metadata-reader.ts';
import type { OAuthResponse } from './oauth-http.ts';

const MAX_DESCRIPTION = 200;
/** RFC 6749 §5.2, and other words of known servers for a refresh token that is not valid any more. */
const REVOKED: ReadonlySet<string> = new Set(['invalid_grant', 'bad_refresh_token', 'unauthorized_client']);

/**
 * Returns the members of a response of a token or registration endpoint. Accepts what servers send in place of RFC 6749 §5:
 * a form instead of JSON, an error with status 200, any status of success.
 * @throws LoginFailure for an error, and `transient` for a response that is not one of OAuth, whose text is not shown.
 */
export function responseMembers(response: OAuthResponse, what: string): Metadata {
  const { status, body } = response;
  const members = jsonObject(body) ?? formMembers(response);
  const code = members?.['error'];
  if (typeof code === 'string' && code !== '') throw oauthError(code, members?.['error_description'], what);
  if (status >= 200 && status < 300 && members !== undefined) return members;
  throw new LoginFailure(
    'LOGIN_FAILED',
    'transient',
    `${what} answered HTTP ${String(status)} without an error of OAuth`,
  );
}

/** Returns the failure of an error code. The description of the server is cut and shown as plain text. */
export function oauthError(code: string, description: unknown, what: string): LoginFailure {
  const text = typeof description === 'string' ? `: ${toPrintableAscii(description, MAX_DESCRIPTION)}` : '';
  const subject = `${what} answered ${toPrintableAscii(code, 100)}${text}`;
  if (REVOKED.has(code)) return new LoginFailure('LOGIN_FAILED', 'revoked', subject);
  if (code === 'invalid_client') return new LoginFailure('LOGIN_FAILED', 'client', subject);
  if (code === 'temporarily_unavailable' || code === 'server_error')
    return new LoginFailure('LOGIN_FAILED', 'transient', subject);
  const isResource =
    code === 'invalid_target' || (typeof description === 'string' && /AADSTS\d*9010010/.test(description));
  const hint = isResource
    ? { hint: 'set spec.origin.auth.resource to omit, or to the resource that the server expects' }
    : {};
  if (code === 'access_denied') return new LoginFailure('LOGIN_DENIED', 'refused', subject);
  return new LoginFailure('LOGIN_FAILED', 'refused', subject, hint);
}

/**
 * Returns the tokens of a response (RFC 6749 §5.1). An absent type is `Bearer`; another type is refused. A lifetime of digits
 * is accepted as text; an absent one stays unknown, and 0 has ended.
 */
export function tokenSet(members: Metadata, now: number, former?: Secret): TokenSet {
  const {
    access_token: access,
    refresh_token: refresh,
    token_type: type = 'bearer',
    expires_in: life,
    scope,
  } = members;
  if (typeof access !== 'string' || access === '' || /[^\x21-\x7e]/.test(access)) {
    throw new LoginFailure('LOGIN_FAILED', 'refused', 'the token response has no access token');
  }
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') {
    const subject = `the access token is of type ${toPrintableAscii(valueText(type), 40)}, which is not supported`;
    throw new LoginFailure('LOGIN_FAILED', 'refused', subject);
  }
  const seconds = typeof life === 'string' && /^\d{1,10}$/.test(life) ? Number(life) : life;
  const isKnown = typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0;
  const scopes = typeof scope === 'string' ? scope.split(/[\s,]+/).filter((each) => each !== '') : undefined;
  const own = typeof refresh === 'string' && refresh !== '' ? new Secret(refresh) : former;
  return {
    accessToken: new Secret(access),
    ...(own === undefined ? {} : { refreshToken: own }),
    ...(isKnown ? { expiresAt: now + seconds * 1_000 } : {}),
    ...(scopes === undefined || scopes.length === 0 ? {} : { scopes: scopes.slice(0, 64) }),
  };
}

function formMembers(response: OAuthResponse): Metadata | undefined {
  if (!/^application\/x-www-form-urlencoded/i.test(response.header('content-type') ?? '')) return undefined;
  return Object.fromEntries(new URLSearchParams(Buffer.from(response.body).toString('utf8')));
}
