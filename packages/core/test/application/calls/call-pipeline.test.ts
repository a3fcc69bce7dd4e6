import { expect, test } from '@jest/globals';
import { ClarityError, createRuntime, RawJson, type McpReply } from '@clarity-runtime/core';
import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import type { CallStage, ServiceRegistry, ToolCall } from '@clarity-runtime/core/ports';
import { CallPipeline } from '../../../src/application/calls/call-pipeline.ts';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { ask, operator, resultOf } from '../../support/speak.ts';

/** A registry that replies until `hang` is set; later operations never settle. */
function hangable(inner: ServiceRegistry): { readonly registry: ServiceRegistry; readonly hang: () => void } {
  let hung = false;
  const registry = new Proxy(inner, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown =>
        hung ? new Promise(() => undefined) : (Reflect.apply(member, target, args) as unknown);
    },
  });
  return {
    registry,
    hang: () => {
      hung = true;
    },
  };
}

test('CallPipeline serves a thousand calls while every store operation hangs', async () => {
  const connector = new FakeConnector();
  const { registry, hang } = hangable(new MemoryServiceRegistry());
  const runtime = await createRuntime({ registry, connectors: [connector] });
  const { service } = await runtime.services.apply(operator, manifestOf('calc'));
  await runtime.services.start(operator, service.serviceId);
  hang();
  const replies = await Promise.all(
    Array.from({ length: 1_000 }, () => ask(runtime, 'tools/call', { name: 'calc__fn__add', arguments: {} })),
  );
  for (const reply of replies) expect(resultOf(reply)).toMatchObject({ content: [{ text: '7' }] });
  expect(connector.calls).toHaveLength(1_000);
});

test('CallPipeline runs its stages in order, and sends no call that a stage denies', async () => {
  const order: string[] = [];
  const stage = (name: string): CallStage => ({
    name,
    run: (call, next) => {
      order.push(`${name}:${call.tool}`);
      return next(call);
    },
  });
  const denying: CallStage = {
    name: 'deny',
    run: () => Promise.reject(new ClarityError('TOOL_BLOCKED', 'by the embedder')),
  };
  const call = { tool: 'add' } as ToolCall;
  const done: McpReply = { result: RawJson.of({}) };
  const pipeline = new CallPipeline([stage('first'), stage('second')]);
  expect(pipeline.stages.map(({ name }) => name)).toEqual(['first', 'second']);
  const send = (): Promise<McpReply> => Promise.resolve(done);
  expect(await pipeline.compose(send)(call)).toBe(done);
  expect(order).toEqual(['first:add', 'second:add']);
  const denied = new CallPipeline([denying, stage('third')]).compose(send)(call);
  await expect(denied).rejects.toMatchObject({ code: 'TOOL_BLOCKED' });
  expect(order).toHaveLength(2);
});
