import { expect, test } from '@jest/globals';
import { programFailure } from '../../../src/domain/errors/program-failure.ts';
import { ClarityError } from '../../../src/domain/errors/clarity-error.ts';

test.each(['EMFILE', 'ENFILE', 'EIO', 'ENOMEM'])(
  '%s of a file of the program is RESOURCE_EXHAUSTED, with its cause',
  (code) => {
    const cause = Object.assign(new Error(code), { code, syscall: 'open', path: '/x.cjs' });
    const failure = programFailure(cause);
    expect(failure).toBeInstanceOf(ClarityError);
    expect(failure).toMatchObject({ code: 'RESOURCE_EXHAUSTED', cause });
  },
);

test.each([new TypeError('x'), new ClarityError('INTERNAL', 'y'), undefined, null, 'text'])(
  'another error stays as it is: %p',
  (error) => {
    expect(programFailure(error)).toBe(error);
  },
);
