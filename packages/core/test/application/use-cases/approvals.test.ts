import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MemoryApprovalStore } from '@clarity-runtime/core/memory';
import type { ApprovalStore } from '@clarity-runtime/core/ports';
import { controlStage, provisioner, type ControlStage } from '../../support/control-stage.ts';
import { ask as speak, operator, resultOf, withId } from '../../support/speak.ts';

const asked = { wasm_path: 'calc.wasm' };
const onApproval = (): Promise<ControlStage> => controlStage({ approveProvisioning: true });
const ask = (stage: ControlStage, args: object = asked): Promise<Record<string, unknown>> =>
  stage.call('register_local', args, provisioner);
const idOf = (answer: Record<string, unknown>): string => (answer['approval'] as { id: string }).id;

test('[provisioning.approval] a registration over MCP waits until an operator approves, and then the same call returns the result', async () => {
  await using stage = await onApproval();
  const waiting = await ask(stage);
  expect(waiting).toMatchObject({ waiting: true, approval: { state: 'pending' } });
  expect(JSON.stringify(waiting)).toContain(`clarityctl approvals approve ${idOf(waiting)}`);
  expect(stage.runtime.services.list(operator)).toEqual([]);
  expect(idOf(await ask(stage))).toBe(idOf(waiting));
  expect(await stage.runtime.approvals.list(operator)).toMatchObject([
    { tool: 'register_local', state: 'pending', arguments: asked, requestedBy: { door: 'mcp' } },
  ]);
  expect(await stage.runtime.approvals.approve(operator, idOf(waiting))).toMatchObject({ state: 'approved' });
  expect(stage.runtime.services.list(operator)).toMatchObject([{ status: { lifecycle: 'RUNNING' } }]);
  expect(await ask(stage)).toMatchObject({ created: true, started: true });
  expect(stage.runtime.services.list(operator)).toHaveLength(1);
});

test('a denied request is not executed, and the client receives the reason', async () => {
  await using stage = await onApproval();
  const id = idOf(await ask(stage));
  await stage.runtime.approvals.deny(operator, id, 'not on this machine');
  expect(await stage.refused('register_local', asked, provisioner)).toMatchObject({
    code: 'APPROVAL_DENIED',
    text: expect.stringContaining('not on this machine'),
  });
  expect(stage.runtime.services.list(operator)).toEqual([]);
  await expect(stage.runtime.approvals.approve(operator, id)).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' });
});

test('an approved registration that fails is undone, reported to both, and not repeated', async () => {
  await using stage = await onApproval();
  stage.connector.failure = new Error('broken');
  const id = idOf(await ask(stage));
  expect(await stage.runtime.approvals.approve(operator, id)).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('broken'),
  });
  expect(await stage.refused('register_local', asked, provisioner)).toMatchObject({ code: 'SERVICE_START_FAILED' });
  expect(stage.runtime.services.list(operator)).toEqual([]);
});

test('a model cannot decide a request, whatever its grants, and has no tool for it', async () => {
  await using stage = await onApproval();
  const id = idOf(await ask(stage));
  const { approvals } = stage.runtime;
  for (const door of ['mcp', 'stdio'] as const) {
    const model = { ...provisioner, door };
    await expect(approvals.approve(model, id)).rejects.toMatchObject({ code: 'GRANT_REQUIRED' });
    await expect(approvals.deny(model, id)).rejects.toMatchObject({ code: 'GRANT_REQUIRED' });
    await expect(approvals.list(model)).rejects.toMatchObject({ code: 'GRANT_REQUIRED' });
  }
  expect(await approvals.list(operator)).toMatchObject([{ state: 'pending' }]);
});

test('tools that write or install wait for an approval; tools that read do not', async () => {
  await using stage = await onApproval();
  expect(await stage.call('bootstrap_clarity_app', { project_name: 'shop' }, provisioner)).toMatchObject({
    waiting: true,
  });
  expect(stage.workspace.files.size).toBe(0);
  const removal = { service_id: 'svc_none', cleanup_artifacts: true };
  expect(await stage.call('remove_service', removal, provisioner)).toMatchObject({ waiting: true });
  expect(await stage.call('ensure_compiler', {}, provisioner)).toMatchObject({ available: true });
  expect(await stage.call('ensure_compiler', { auto_install: true }, provisioner)).toMatchObject({ waiting: true });
  expect(await stage.call('list_services', {}, provisioner)).toEqual({ services: [] });
});

test('undecided requests expire, and their number is limited', async () => {
  await using stage = await onApproval();
  for (let i = 0; i < 8; i += 1) await ask(stage, { wasm_path: `m${String(i)}.wasm` });
  expect(await stage.refused('register_local', { wasm_path: 'more.wasm' }, provisioner)).toMatchObject({
    code: 'APPROVALS_FULL',
  });
  stage.clock.advance(15 * 60_000);
  expect(await stage.runtime.approvals.list(operator)).toEqual([]);
  expect(await ask(stage, { wasm_path: 'more.wasm' })).toMatchObject({ waiting: true });
});

test('requests and decisions are audited with the caller and without arguments', async () => {
  await using stage = await onApproval();
  const first = idOf(await ask(stage, { wasm_path: 'canary-4711.wasm' }));
  await stage.runtime.approvals.deny(operator, first);
  const events = (await stage.runtime.audit.recent(operator, { limit: 20 })).filter(({ kind }) =>
    kind.startsWith('approval.'),
  );
  expect(events).toMatchObject([
    { kind: 'approval.requested', caller: { door: 'mcp' }, data: { approval: first, tool: 'register_local' } },
    { kind: 'approval.denied', caller: { door: 'http' }, data: { approval: first } },
  ]);
  expect(JSON.stringify(events)).not.toContain('canary-4711');
});

test('[provisioning.approval] the result of a waiting call matches the listed output schema', async () => {
  await using stage = await onApproval();
  const list = resultOf(await speak(stage.runtime, 'tools/list', {}, { caller: provisioner, service: 'runtime' }));
  const tools = list['tools'] as { name: string; outputSchema: Record<string, unknown> }[];
  const schema = tools.find(({ name }) => name === 'register_local')?.outputSchema ?? {};
  const ajv = new Ajv2020({ strict: false });
  expect([ajv.validate(schema, await ask(stage)), ajv.errors]).toEqual([true, null]);
});

test('T-425 R13c a principal with 8 requests does not use up the requests of others', async () => {
  await using stage = await onApproval();
  const askAs = (id: string, i: number): Promise<Record<string, unknown>> =>
    stage.call('register_local', { wasm_path: `${String(i)}.wasm` }, withId(provisioner, id));
  for (const id of ['a', 'b', 'c', 'd']) for (let i = 0; i < 8; i += 1) await askAs(id, i);
  expect(await stage.runtime.approvals.list(operator)).toHaveLength(32);
  const args = { wasm_path: '8.wasm' };
  expect(await stage.refused('register_local', args, withId(provisioner, 'a'))).toMatchObject({
    code: 'APPROVALS_FULL',
  });
  for (let i = 0; i < 6; i += 1) expect(await askAs('e', i)).toMatchObject({ waiting: true });
  expect(await stage.runtime.approvals.list(operator)).toHaveLength(32);
});

const onStore = (approvals: ApprovalStore): Promise<ControlStage> =>
  controlStage({ approveProvisioning: true }, { approvals });

/** Returns the outcome of a decision: its state, or the code of the refusal. */
const decided = (decision: Promise<{ readonly state: string }>): Promise<string> =>
  decision.then(
    ({ state }) => state,
    (error: unknown) => (error as { code: string }).code,
  );

test('T-477 of two operators that decide at once at two handles one wins, and the other one is told who', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 2, maxLength: 4 }), fc.boolean(), async (words, isSame) => {
      const store = new MemoryApprovalStore();
      await using first = await onStore(store);
      await using second = await onStore(store.handle());
      const id = idOf(await ask(first));
      const stages = words.map((_, i) => (isSame || i % 2 === 0 ? first : second));
      const outcomes = await Promise.all(
        words.map((isYes, i) => {
          const { approvals } = stages[i]?.runtime ?? first.runtime;
          return decided(isYes ? approvals.approve(operator, id) : approvals.deny(operator, id));
        }),
      );
      const winners = outcomes.filter((outcome) => outcome !== 'APPROVAL_NOT_FOUND');
      expect(winners).toHaveLength(1);
      const started = [first, second].flatMap(({ runtime }) => runtime.services.list(operator));
      expect(started).toHaveLength(winners[0] === 'approved' ? 1 : 0);
      await expect(second.runtime.approvals.approve(operator, id)).rejects.toMatchObject({
        code: 'APPROVAL_NOT_FOUND',
        message: expect.stringMatching(/(approved|denied) by [a-z]+:/),
      });
      const events = (await first.runtime.audit.recent(operator, { limit: 50 })).concat(
        await second.runtime.audit.recent(operator, { limit: 50 }),
      );
      expect(events.filter(({ kind }) => kind === 'approval.approved' || kind === 'approval.denied')).toHaveLength(1);
    }),
    { numRuns: 20 },
  );
});

test('T-477 two clients with the same call at two handles have one request', async () => {
  const store = new MemoryApprovalStore();
  await using first = await onStore(store);
  await using second = await onStore(store.handle());
  const [a, b] = await Promise.all([ask(first), ask(second)]);
  expect(idOf(a)).toBe(idOf(b));
  expect(await second.runtime.approvals.list(operator)).toHaveLength(1);
});

test('T-478 a request, its decision and its result outlive a restart', async () => {
  const store = new MemoryApprovalStore();
  const before = await onStore(store.handle());
  const id = idOf(await ask(before));
  const [shown] = await before.runtime.approvals.list(operator);
  await before.runtime.close();
  {
    await using after = await onStore(store.handle());
    expect(await after.runtime.approvals.list(operator)).toEqual([shown]);
    expect(idOf(await ask(after))).toBe(id);
    expect(await after.runtime.approvals.approve(operator, id)).toMatchObject({ state: 'approved' });
    expect(after.runtime.services.list(operator)).toMatchObject([{ status: { lifecycle: 'RUNNING' } }]);
  }
  await using last = await onStore(store.handle());
  expect(await ask(last)).toMatchObject({ created: true, started: true });
  expect(last.runtime.services.list(operator)).toEqual([]);
});

test('T-478 an approved call whose process ended is failed after the restart, and not repeated', async () => {
  const store = new MemoryApprovalStore();
  const before = await onStore(store.handle());
  const id = idOf(await ask(before));
  const [item] = (await store.list('default')).items;
  if (item === undefined) throw new Error('no request');
  await before.runtime.close();
  const decision = { ...item.value, state: 'approved', decidedBy: 'operator:x' } as const;
  await store.put('default', decision, item.revision, { caller: operator, op: 'decide' });
  await using after = await onStore(store.handle());
  expect(await after.runtime.approvals.list(operator)).toMatchObject([
    { id, state: 'failed', reason: expect.stringContaining('ended before the call was complete') },
  ]);
  expect((await after.refused('register_local', asked, provisioner)).code).toBe('INTERNAL');
  expect(after.runtime.services.list(operator)).toEqual([]);
});
