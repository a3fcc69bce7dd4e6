import { expect, test } from '@jest/globals';
import { embeddedCaller, type Runtime } from '@clarity-runtime/core';
import { failing, FAULTS, type FaultName } from '../support/faults.ts';
import { mcpUpstream, type Handle, type McpUpstream } from '../support/mcp-upstream.ts';
import { annotated, callThrough, outcomeOf, remoteRuntime } from '../support/recovering.ts';

/** `npm run soak:recovery` uses two hundred. */
const SERVICES = Number(process.env['CLARITY_SOAK_SERVICES'] ?? '40');
const ROUNDS = 5;

/** Faults whose calls fail within milliseconds, or hang. */
const quick = Object.keys(FAULTS).filter((name) => !name.startsWith('huge')) as FaultName[];

/** Every third service fails immediately, or hangs during introspection. */
const isBad = (i: number): boolean => i % 10 < 3;

test('U38 services without a fault answer every call while other services fail in every way', async () => {
  const fault = (i: number): FaultName | undefined => quick[i % quick.length];
  const hangs: Handle = ({ method }) => method === 'tools/list';
  await using upstreams = closedTogether();
  await using remote = await remoteRuntime(2_000);
  const starting: Promise<string>[] = [];
  for (let i = 0; i < SERVICES; i += 1) {
    const bad = failing(() => fault(i));
    const handle: Handle = (...given) =>
      (isBad(i) && i % 20 === 0 && hangs(...given)) || annotated()(...given) || (isBad(i) && bad(...given));
    const upstream = await mcpUpstream({ era: i % 2 === 0 ? 'legacy' : 'modern', handle });
    upstreams.all.push(upstream);
    starting.push(remote.add(upstream.url, `s${String(i)}`));
  }
  const ids = await Promise.all(starting);
  for (const [i, id] of ids.entries()) if (!isBad(i)) await untilRunning(remote.runtime, id);
  const ills: Promise<unknown>[] = [];
  const failed: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const calls: Promise<void>[] = [];
    for (let i = 0; i < SERVICES; i += 1) {
      const text = `${String(i)} ${String(round)}`;
      const call = callThrough(remote.runtime, `s${String(i)}__echo`, { text }).then((reply) => {
        const outcome = outcomeOf(reply);
        if (outcome !== text && !isBad(i)) failed.push(`s${String(i)}: ${outcome}`);
      });
      if (isBad(i)) ills.push(call.catch(() => undefined));
      else calls.push(call);
    }
    await Promise.all(calls);
  }
  expect(failed).toEqual([]);
  expect(ills.length).toBe(ROUNDS * Array.from({ length: SERVICES }, (_, i) => i).filter(isBad).length);
});

function closedTogether(): AsyncDisposable & { readonly all: McpUpstream[] } {
  const all: McpUpstream[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(all.map((upstream) => upstream[Symbol.asyncDispose]()));
  };
  return { all, [Symbol.asyncDispose]: close };
}

/** On a loaded machine some of these concurrent starts time out. This test is about calls. */
async function untilRunning({ services }: Runtime, id: string): Promise<void> {
  while (services.get(embeddedCaller, id).status.lifecycle !== 'RUNNING') await services.start(embeddedCaller, id);
}
