import { expect, test } from '@jest/globals';
import { createContainer, createRuntime, embeddedCaller, PORT, type Profile } from '@clarity-runtime/core';
import { DeployedProfiles } from './profile-store.ts';

const profileOf = (name: string, services: readonly string[]): Profile => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'Profile',
  metadata: { name },
  spec: { services },
});

test('profileStore: the profiles of the application cannot be changed', async () => {
  const support = profileOf('support', ['tickets']);
  const container = createContainer().register(PORT.profileStore, { useValue: new DeployedProfiles([support]) });
  await using runtime = await createRuntime({ container });
  const { profiles } = runtime;
  await expect(profiles.apply(embeddedCaller, profileOf('support', ['*']))).rejects.toThrow('the application defines');
  await expect(profiles.remove(embeddedCaller, 'support')).rejects.toThrow('the application defines');
  await profiles.apply(embeddedCaller, profileOf('coding', ['*']));
  expect(await profiles.list(embeddedCaller)).toEqual([profileOf('coding', ['*']), support]);
  await profiles.remove(embeddedCaller, 'coding');
  expect(await profiles.list(embeddedCaller)).toEqual([support]);
});
