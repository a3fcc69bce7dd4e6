import { systemCaller } from '../domain/access/caller.ts';
import { isClarityError } from '../domain/errors/clarity-error.ts';
import type { CredentialProvider } from '../ports/index.ts';
import type { TestKit } from './test-kit.ts';

export interface ProviderSetup {
  readonly provider: CredentialProvider;
  /** A target that leads to `value`. */
  readonly good: string;
  readonly value: string;
  /** Well-formed, and nothing is there. */
  readonly missing: string;
  /** Targets that are not well-formed, or that may not be named. */
  readonly bad: readonly string[];
}

/** What every CredentialProvider must do. */
export function credentialProviderContract(kit: TestKit, name: string, setup: () => Promise<ProviderSetup>): void {
  const { describe, test, expect } = kit;
  const refusal = async (provider: CredentialProvider, target: string): Promise<string> => {
    try {
      await provider.resolve(target, systemCaller);
      return 'ok';
    } catch (error) {
      return isClarityError(error) ? error.code : `not refused but failed: ${String(error)}`;
    }
  };

  describe(`CredentialProvider contract: ${name}`, () => {
    test('a good target resolves, validates, and names the header that would be sent', async () => {
      const { provider, good, value } = await setup();
      const { secret, header } = await provider.resolve(good, systemCaller);
      expect(secret.reveal()).toEqual(value);
      expect(await provider.validate(good, systemCaller)).toEqual({ valid: true, issues: [], headers: [header.name] });
    });
    test('what is missing is CREDENTIAL_MISSING to who resolves, and an issue to who validates', async () => {
      const { provider, missing } = await setup();
      expect(await refusal(provider, missing)).toEqual('CREDENTIAL_MISSING');
      const { valid, issues, headers } = await provider.validate(missing, systemCaller);
      expect({ valid, issues: issues.length > 0, headers }).toEqual({ valid: false, issues: true, headers: [] });
    });
    test('S09 S11 a bad target is AUTH_REF_INVALID to who resolves, and an issue to who validates', async () => {
      const { provider, bad } = await setup();
      for (const target of bad) {
        expect([target, await refusal(provider, target)]).toEqual([target, 'AUTH_REF_INVALID']);
        expect((await provider.validate(target, systemCaller)).valid).toEqual(false);
      }
    });
    test('S06 neither health, nor a check, nor a printed credential holds the value', async () => {
      const { provider, good, value } = await setup();
      const credential = await provider.resolve(good, systemCaller);
      const seen = JSON.stringify([
        await provider.health(),
        await provider.validate(good, systemCaller),
        credential,
        String(credential.secret),
      ]);
      expect(seen.includes(value)).toEqual(false);
    });
  });
}
