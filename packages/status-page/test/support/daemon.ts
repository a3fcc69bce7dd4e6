import { jest } from '@jest/globals';
import type { Actions } from '../../src/state/actions.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Mocks the daemon with replies by `METHOD path`. Returns the requests in order. */
export function daemon(answers: Readonly<Record<string, () => Response>>): readonly Asked[] {
  const asked: Asked[] = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const path = input as string;
    const { method = 'GET', body } = init ?? {};
    asked.push({
      method,
      path: path,
      body: typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined,
    });
    const answer = answers[`${method} ${path}`];
    return answer === undefined ? Promise.reject(new TypeError('Failed to fetch')) : Promise.resolve(answer());
  });
  return asked;
}

export interface ActsMade extends Actions {
  readonly made: readonly Promise<unknown>[];
}

/** Actions that run at once and record their names. */
export function acting(): ActsMade {
  const made: Promise<unknown>[] = [];
  return {
    doing: new Map(),
    made,
    act: (_key, work) => {
      made.push(work());
    },
  };
}
