import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyIdOf, workspaceSeal } from '../../src/trust/workspace-seal.ts';

const text = (value: string): Uint8Array => Buffer.from(value);

test('R28a a seal verifies a mac only for the same key, workspace, label and bytes', () => {
  const part = fc.string({ maxLength: 8 });
  fc.assert(
    fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), fc.boolean(), (made, asked, isSameKey) => {
      const [key, other] = [randomBytes(32), randomBytes(32)];
      const mac = workspaceSeal([key], made[0]).mac(made[1], text(made[2]));
      const seal = workspaceSeal([isSameKey ? key : other], asked[0]);
      const isSame = isSameKey && made.every((value, at) => value === asked[at]);
      expect(seal.verify(asked[1], text(asked[2]), mac)).toBe(isSame);
    }),
    { numRuns: 200 },
  );
});

test('R28a a seal rejects a mac that is cut, extended or spelled differently', () => {
  const seal = workspaceSeal([randomBytes(32)], 'w');
  const mac = seal.mac('registry', text('x'));
  for (const bad of ['', mac.slice(1), `${mac}A`, `${mac}=`, ` ${mac}`]) {
    expect(seal.verify('registry', text('x'), bad)).toBe(false);
  }
});

test('R28a a seal accepts marks of the previous key and makes marks with the current key during a rotation', () => {
  const [old, fresh] = [randomBytes(32), randomBytes(32)];
  const before = workspaceSeal([old], 'w');
  const during = workspaceSeal([fresh, old], 'w');
  expect(during.verify('registry', text('x'), before.mac('registry', text('x')))).toBe(true);
  expect(before.verify('registry', text('x'), during.mac('registry', text('x')))).toBe(false);
  expect(during.keyId).toBe(keyIdOf(fresh));
});
