import { ClarityError, systemClock } from '@clarity-runtime/core';
import { createLocalJWKSet, jwtVerify, type JWTPayload } from 'jose';
import type { AccessTokenVerifier, VerifiedToken } from '../../http/access-token-verifier.ts';
import { EndpointRules } from '../http/endpoint-rules.ts';
import type { HttpConnectorOptions } from '../http/options.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { OAuthHttp } from './oauth-http.ts';

/** Settings of `jwtVerifier`. */
export interface JwtVerifierOptions extends Pick<
  HttpConnectorOptions,
  'allowedHosts' | 'denyPrivate' | 'ownAddresses' | 'resolve' | 'environment'
> {
  /** Issuer of the tokens: an https URL, or http of this machine. Compared byte for byte. */
  readonly issuer: string;
  /** The claim that names the tenant of a token. A token without it, or with another value than a text, belongs to no tenant. */
  readonly tenantClaim?: string | undefined;
  /** Wall clock in milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Asymmetric algorithms only: with a symmetric one the public key would be the secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const SKEW_SECONDS = 60;
const TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/at+jwt']);
const MAX_AUDIENCES = 64;

/** Returns the check of tokens with `jose`. `jwt-verifier.ts` loads this module at the first token. */
export function openVerifier({
  issuer,
  now,
  tenantClaim,
  ...options
}: JwtVerifierOptions): AccessTokenVerifier['verify'] {
  const clock = now ?? ((): number => systemClock.wall().getTime());
  const http = new OAuthHttp(new EndpointRules(options), options.environment ?? {});
  const keys = new IssuerKeys(issuer, http, clock);
  return async (token) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(
        token,
        async (header) => createLocalJWKSet(await keys.get(header.kid))(header),
        {
          issuer,
          algorithms: ALGORITHMS,
          clockTolerance: SKEW_SECONDS,
          requiredClaims: ['exp', 'sub', 'aud'],
          currentDate: new Date(clock()),
        },
      );
      const { typ = 'JWT' } = protectedHeader;
      if (!TYPES.has(typ.toLowerCase())) return undefined;
      const found = verified(payload);
      return found === undefined || tenantClaim === undefined
        ? found
        : { ...found, tenant: textOf(payload, tenantClaim) };
    } catch (error) {
      if (error instanceof ClarityError) throw error;
      return undefined;
    }
  };
}

const textOf = (payload: JWTPayload, claim: string): string => {
  const value = Object.hasOwn(payload, claim) ? payload[claim] : undefined;
  return typeof value === 'string' ? value : '';
};

function verified({ sub, aud, exp, scope, scp, client_id: id, azp, cnf }: JWTPayload): VerifiedToken | undefined {
  // RFC 7800: a token that is bound to a key must not work as a bearer token.
  if (cnf !== undefined || sub === undefined || sub === '' || exp === undefined) return undefined;
  const scopes = typeof scope === 'string' ? scope.split(' ') : typeof scp === 'string' ? scp.split(' ') : scp;
  const client = typeof id === 'string' ? id : azp;
  return {
    subject: sub,
    audiences: [aud ?? []].flat().slice(0, MAX_AUDIENCES),
    expiresAt: (exp + SKEW_SECONDS) * 1_000,
    ...(Array.isArray(scopes) ? { scopes: scopes.filter((each): each is string => typeof each === 'string') } : {}),
    ...(typeof client === 'string' ? { clientId: client } : {}),
  };
}
