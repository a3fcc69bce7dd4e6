import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Secret } from '@clarity-runtime/core';
import fc from 'fast-check';
import { loginSealer } from '../../src/trust/login-sealer.ts';

const part = fc.stringMatching(/^[a-z0-9]{1,8}$/);

test('T-500 a sealed token opens only with its key and in its record', () => {
  fc.assert(
    fc.property(fc.string(), fc.tuple(part, part), fc.tuple(part, part), fc.boolean(), (text, made, asked, isSame) => {
      const [key, other] = [randomBytes(32), randomBytes(32)];
      const sealed = loginSealer([key]).seal(new Secret(text), { tenant: made[0], record: made[1] });
      const opened = loginSealer([isSame ? key : other]).open(sealed, { tenant: asked[0], record: asked[1] });
      const isOwn = isSame && made[0] === asked[0] && made[1] === asked[1];
      // A lone surrogate has no bytes of its own.
      expect(opened?.reveal()).toBe(isOwn ? Buffer.from(text).toString() : undefined);
      if (text.length > 3) expect(JSON.stringify(sealed)).not.toContain(text);
    }),
    { numRuns: 200 },
  );
});

test('T-500 a sealed token with any changed byte does not open', () => {
  const [sealer, context] = [loginSealer([randomBytes(32)]), { tenant: 'default', record: 'r' }];
  const sealed = sealer.seal(new Secret('token'), context);
  const bytes = Buffer.from(sealed.ct, 'base64url');
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(sealer.open({ ...sealed, ct: changed.toString('base64url') }, context)).toBeUndefined();
  }
  for (const ct of ['', 'AA', bytes.subarray(1).toString('base64url')])
    expect(sealer.open({ ...sealed, ct }, context)).toBeUndefined();
  expect(sealer.open({ ...sealed, iv: 'AA' }, context)).toBeUndefined();
});

test('tokens of the previous key open during a rotation, and the current key seals', () => {
  const [first, second] = [randomBytes(32), randomBytes(32)];
  const context = { tenant: 'default', record: 'r' };
  const old = loginSealer([first]).seal(new Secret('token'), context);
  const both = loginSealer([second, first]);
  expect(both.open(old, context)?.reveal()).toBe('token');
  expect(
    loginSealer([second])
      .open(both.seal(new Secret('next'), context), context)
      ?.reveal(),
  ).toBe('next');
});
