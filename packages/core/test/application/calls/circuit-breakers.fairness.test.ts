import { expect, test } from '@jest/globals';
import { ClarityError, RawJson, type Caller, type McpReply } from '@clarity-runtime/core';
import { agent, ask, operator, resultOf, withId } from '../../support/speak.ts';
import { stage } from '../../support/supervised.ts';

test('T-343 R13a failed calls of one principal reject no call of another and do not stop the service', async () => {
  const s = await stage({ supervision: { probeIntervalMs: 0 } });
  let isFailing = false;
  const answer: McpReply = { result: RawJson.of({ content: [] }) };
  s.connector.answer = () =>
    isFailing ? Promise.reject(new ClarityError('UPSTREAM_FAILED', 'bad arguments')) : Promise.resolve(answer);
  const id = await s.register('calc');
  await s.runtime.services.start(operator, id);
  const call = async (caller: Caller): Promise<unknown> => {
    const result = resultOf(await ask(s.runtime, 'tools/call', { name: 'calc__fn__add', arguments: {} }, { caller }));
    return (Object(result['_meta']) as Record<string, { code?: string } | undefined>)['clarity/error']?.code ?? 'ok';
  };
  const other = withId(agent, 'another');
  expect(await call(other)).toBe('ok');
  let last: unknown;
  for (let minute = 0; minute < 60; minute += 1) {
    isFailing = true;
    for (let i = 0; i < 8; i += 1) last = await call(agent);
    isFailing = false;
    expect(await call(other)).toBe('ok');
    await s.pass(60_000);
  }
  expect(last).toBe('CIRCUIT_OPEN');
  expect(s.lifecycle(id)).toBe('RUNNING');
  const opened = await s.runtime.audit.page(operator, { limit: 50, kind: 'service.circuit_opened' });
  expect(opened.items.length).toBeGreaterThan(3);
});
