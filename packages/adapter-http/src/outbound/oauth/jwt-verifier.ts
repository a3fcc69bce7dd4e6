import { lazyModule } from '@clarity-runtime/core/internal';
import type { AccessTokenVerifier } from '../../http/access-token-verifier.ts';
import type { JwtVerifierOptions } from './open-verifier.ts';

const loadVerifier = lazyModule({ load: () => import('./open-verifier.ts'), has: 'openVerifier' });

/**
 * Returns the check of signed access tokens (RFC 9068) of one issuer. Its keys are read from the metadata of the issuer and kept
 * for 10 minutes. The code is loaded at the first token.
 */
export function jwtVerifier(options: JwtVerifierOptions): AccessTokenVerifier {
  let opened: AccessTokenVerifier['verify'] | undefined;
  return {
    issuer: options.issuer,
    verify: async (token) => {
      opened ??= (await loadVerifier()).openVerifier(options);
      return opened(token);
    },
  };
}
