import { isDeepStrictEqual } from 'node:util';
import type { TestKit } from '@clarity-runtime/core/testing';

/** Milliseconds after which a law counts as failed: a broken adapter may never answer. */
const MAX_LAW_MS = 2_000;

/** Runs a contract suite outside of jest. Returns the titles of the first laws that failed, at most `limit`. */
export async function failedLaws(declare: (kit: TestKit) => void, limit = Infinity): Promise<readonly string[]> {
  const laws: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  declare({
    describe: (_, body) => {
      body();
    },
    test: (name, body) => {
      laws.push({ name, body });
    },
    expect: (actual) => ({
      toEqual: (expected) => {
        if (!isDeepStrictEqual(withoutUndefined(actual), withoutUndefined(expected))) throw new Error('not equal');
      },
    }),
  });
  const failed: string[] = [];
  for (const { name, body } of laws) {
    if (failed.length >= limit) break;
    if (!(await holds(body))) failed.push(name);
  }
  return failed;
}

async function holds(body: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, MAX_LAW_MS);
  });
  const run = body().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** As `toEqual` of jest: a member that is undefined equals an absent one, and objects of other realms are plain objects. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutUndefined(member)]));
}
