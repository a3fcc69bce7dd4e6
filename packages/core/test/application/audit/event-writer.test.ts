import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRuntime, StoreError, type AuditEventDraft, type Runtime } from '@clarity-runtime/core';
import { ManualClock, MemoryTelemetry } from '@clarity-runtime/core/memory';
import type { AppendContext, TenantId } from '@clarity-runtime/core/ports';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { operator } from '../../support/speak.ts';
import { settled } from '../../support/supervised.ts';

/** A telemetry that hangs, fails or works. */
class MoodyTelemetry extends MemoryTelemetry {
  mood: 'works' | 'fails' | 'hangs' = 'works';

  override append(tenant: TenantId, drafts: readonly AuditEventDraft[], context?: AppendContext) {
    if (this.mood === 'hangs') return new Promise<never>(() => undefined);
    if (this.mood === 'fails') return Promise.reject(new StoreError('unavailable', 'away'));
    return super.append(tenant, drafts, context);
  }
}

async function running(): Promise<{ runtime: Runtime; telemetry: MoodyTelemetry; clock: ManualClock }> {
  const [telemetry, clock] = [new MoodyTelemetry(), new ManualClock()];
  const runtime = await createRuntime({ telemetry, clock, connectors: [new FakeConnector()] });
  const { service } = await runtime.services.apply(operator, manifestOf('calc'));
  await runtime.services.start(operator, service.serviceId);
  return { runtime, telemetry, clock };
}

const callOf = (runtime: Runtime): Promise<unknown> => runtime.tools.call(operator, { name: 'calc__fn__add' });

test('F5 a call waits at most 50 ms for a telemetry without an answer, and the next call does not wait', async () => {
  const { runtime, telemetry, clock } = await running();
  telemetry.mood = 'hangs';
  let isDone = false;
  const first = callOf(runtime).then(() => (isDone = true));
  await settled();
  clock.advance(49);
  await settled();
  expect(isDone).toBe(false);
  clock.advance(1);
  await first;
  await callOf(runtime);
  expect(runtime.storage().unwritten).toBe(2);
  const closed = runtime.close();
  for (let i = 0; i < 5; i += 1) {
    await settled();
    clock.advance(50);
  }
  await closed;
});

test('calls that end during a write share the next one, and each waits for its own event', async () => {
  const { runtime, telemetry } = await running();
  const sizes: number[] = [];
  let release = (): void => undefined;
  const append = telemetry.append.bind(telemetry);
  telemetry.append = async (...args) => {
    if (args[1][0]?.kind !== 'service.tool_called') return append(...args);
    sizes.push(args[1].length);
    await new Promise<void>((resolve) => (release = resolve));
    return append(...args);
  };
  let ended = 0;
  const count = (): number => (ended += 1);
  const first = callOf(runtime).then(count);
  await settled();
  const others = [1, 2, 3].map(() => callOf(runtime).then(count));
  await settled();
  expect([sizes, ended]).toEqual([[1], 0]);
  release();
  await first;
  await settled();
  expect([sizes, ended]).toEqual([[1, 3], 1]);
  release();
  await Promise.all(others);
  expect(await telemetry.events('default', { limit: 9, kind: 'service.tool_called' })).toHaveLength(4);
  expect(runtime.storage().unwritten).toBe(0);
  await runtime.close();
});

test('F5 one write without an answer keeps no later event from the telemetry', async () => {
  const { runtime, telemetry, clock } = await running();
  telemetry.mood = 'hangs';
  const waiting = [callOf(runtime), callOf(runtime)];
  await settled();
  clock.advance(50);
  await Promise.all(waiting);
  telemetry.mood = 'works';
  await callOf(runtime);
  await settled();
  await callOf(runtime);
  await settled();
  expect(await telemetry.events('default', { limit: 9, kind: 'service.tool_called' })).toHaveLength(2);
  const closed = runtime.close();
  for (let i = 0; i < 5; i += 1) {
    await settled();
    clock.advance(50);
  }
  await closed;
});

test('law: every event of a call is stored or counted as lost, whatever the telemetry does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('works', 'fails'), fc.integer({ min: 1, max: 5 })), { maxLength: 8 }),
      async (steps) => {
        const { runtime, telemetry } = await running();
        let called = 0;
        for (const [mood, calls] of steps) {
          telemetry.mood = mood;
          await Promise.all(Array.from({ length: calls }, () => callOf(runtime)));
          called += calls;
        }
        await settled();
        const stored = await telemetry.events('default', { limit: 99, kind: 'service.tool_called' });
        expect(stored.length + runtime.storage().unwritten).toBe(called);
        telemetry.mood = 'works';
        await runtime.close();
      },
    ),
    { numRuns: 25 },
  );
});

test('F7 events that are lost while the telemetry fails are one storage.gap with their number and times', async () => {
  const { runtime, telemetry, clock } = await running();
  telemetry.mood = 'fails';
  for (let i = 0; i < 102; i += 1) {
    clock.advance(10);
    await callOf(runtime);
  }
  telemetry.mood = 'works';
  await callOf(runtime);
  await settled();
  await callOf(runtime);
  await settled();
  const gaps = await telemetry.events('default', { limit: 99, kind: 'storage.gap' });
  const from = new Date(10).toISOString();
  expect(gaps.map(({ data }) => data)).toEqual([{ unrecorded: 102, from, to: new Date(1_020).toISOString() }]);
  expect(runtime.storage().unwritten).toBe(102);
  await runtime.close();
});

test('T-422 F6 R14b R14c changes succeed while the telemetry fails, and each event is written once when it recovers', async () => {
  const { runtime, telemetry, clock } = await running();
  telemetry.mood = 'fails';
  const { service } = await runtime.services.apply(operator, manifestOf('other'));
  await runtime.services.remove(operator, service.serviceId);
  await runtime.policies.apply(operator, {
    apiVersion: 'clarity.runtime/v1',
    kind: 'Policy',
    metadata: { name: 'p' },
    spec: {},
  });
  expect(runtime.storage().unwritten).toBeGreaterThanOrEqual(3);
  telemetry.mood = 'works';
  for (let i = 0; i < 3; i += 1) {
    clock.advance(31_000);
    await settled();
  }
  const kinds = (await telemetry.events('default', { limit: 999 })).map(({ kind }) => kind);
  for (const kind of ['service.removed', 'policy.applied']) expect(kinds.filter((own) => own === kind)).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'service.manifest_applied')).toHaveLength(2);
  await runtime.close();
});
