import { OPERATOR } from '../domain/access/registrant.ts';
import { isClarityError } from '../domain/errors/clarity-error.ts';
import type { CredentialProvider, CredentialRequest } from '../ports/index.ts';
import type { TestKit } from './test-kit.ts';

/** A credential provider with the references that its contract suite uses. */
export interface ProviderSetup {
  readonly provider: CredentialProvider;
  /** A target that resolves to `value`. */
  readonly good: string;
  readonly value: string;
  /** A well-formed target without a credential. */
  readonly missing: string;
  /** Targets that are malformed or forbidden. */
  readonly bad: readonly string[];
}

/** A header of a service that the operator registered. */
const operator: CredentialRequest = {
  tenant: 'default',
  registrant: OPERATOR,
  service: 'service',
  host: 'service.example:443',
  purpose: 'header',
};

/** Contract of a `CredentialProvider`. */
export function credentialProviderContract(kit: TestKit, name: string, setup: () => Promise<ProviderSetup>): void {
  const { describe, test, expect } = kit;
  const refusal = async (provider: CredentialProvider, target: string): Promise<string> => {
    try {
      await provider.resolve(target, operator);
      return 'ok';
    } catch (error) {
      return isClarityError(error) ? error.code : `not refused but failed: ${String(error)}`;
    }
  };

  describe(`CredentialProvider contract: ${name}`, () => {
    test('a good target resolves, and validate returns its header', async () => {
      const { provider, good, value } = await setup();
      const { secret, header } = await provider.resolve(good, operator);
      expect(secret.reveal()).toEqual(value);
      expect(await provider.validate(good, operator)).toEqual({ valid: true, issues: [], headers: [header.name] });
    });
    test('a missing credential is CREDENTIAL_MISSING in resolve and an issue in validate', async () => {
      const { provider, missing } = await setup();
      expect(await refusal(provider, missing)).toEqual('CREDENTIAL_MISSING');
      const { valid, issues, headers } = await provider.validate(missing, operator);
      expect({ valid, issues: issues.length > 0, headers }).toEqual({ valid: false, issues: true, headers: [] });
    });
    test('S09 S11 a bad target is AUTH_REF_INVALID in resolve and an issue in validate', async () => {
      const { provider, bad } = await setup();
      for (const target of bad) {
        expect([target, await refusal(provider, target)]).toEqual([target, 'AUTH_REF_INVALID']);
        expect((await provider.validate(target, operator)).valid).toEqual(false);
      }
    });
    test('S06 health, validate and a printed credential do not contain the value', async () => {
      const { provider, good, value } = await setup();
      const credential = await provider.resolve(good, operator);
      const seen = JSON.stringify([
        await provider.health(),
        await provider.validate(good, operator),
        credential,
        String(credential.secret),
      ]);
      expect(seen.includes(value)).toEqual(false);
    });
  });
}
