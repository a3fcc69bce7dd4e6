import { expect, test } from '@jest/globals';
import { isClarityError } from '@clarity-runtime/core';
import { processSystem } from '../../src/process/system-of-platform.ts';
import type { ProcessSystem } from '../../src/process/process-system.ts';
import { processService, testConnector } from '../support/process-service.ts';
import { connect, listener } from '../support/talk.ts';

/** The system of this machine, which starts no process and fails with a code. */
function failing(code: string): ProcessSystem {
  const real = processSystem();
  return new Proxy(real, {
    get: (target, name) => {
      if (name === 'start') return () => Promise.reject(Object.assign(new Error(`spawn ${code}`), { code }));
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

test.each([
  ['EMFILE', 'RESOURCE_EXHAUSTED'],
  ['ENFILE', 'RESOURCE_EXHAUSTED'],
  ['EAGAIN', 'RESOURCE_EXHAUSTED'],
  ['ENOMEM', 'RESOURCE_EXHAUSTED'],
  ['EACCES', 'PROCESS_START_FAILED'],
  ['E2BIG', 'PROCESS_START_FAILED'],
])('T-514 a start that fails with %s is %s', async (code, expected) => {
  const connector = testConnector({ system: failing(code) });
  const service = processService({ command: process.execPath, args: ['--version'] });
  const failure: unknown = await connect(connector, service, listener()).catch((error: unknown) => error);
  expect(isClarityError(failure) && failure.code).toBe(expected);
});
