import { expect, test } from '@jest/globals';
import { ClarityError } from '@clarity-runtime/core';
import { controlStage, provisioner, withGrants, type ControlStage } from '../../support/control-stage.ts';
import { manifestOf } from '../../support/fake-connector.ts';
import { agent, operator } from '../../support/speak.ts';
import { settled } from '../../support/supervised.ts';

async function running({ runtime }: ControlStage, module = 'calc', pinInterface = false): Promise<string> {
  const { spec, ...rest } = manifestOf(module);
  const { service } = await runtime.services.apply(operator, { ...rest, spec: { ...spec, pinInterface } });
  await runtime.services.start(operator, service.serviceId);
  return service.serviceId;
}

test('explain finds a listed tool by each form of its name', async () => {
  await using stage = await controlStage();
  const id = await running(stage);
  for (const tool of ['calc__fn__add', 'calc/fn__add', `${id}/fn__add`]) {
    expect(await stage.call('explain', { tool })).toMatchObject({
      tool,
      name: 'calc__fn__add',
      visibility: 'visible',
      callable: true,
      service: { serviceId: id, lifecycle: 'RUNNING' },
      reasons: [{ code: 'LISTED' }],
    });
  }
});

test('explain reports a tool that the policy denies, with the policy and a remedy', async () => {
  await using stage = await controlStage();
  const { spec, ...rest } = manifestOf('calc');
  const policy = { denyTools: ['fn__add'] };
  const { service } = await stage.runtime.services.apply(operator, { ...rest, spec: { ...spec, policy } });
  await stage.runtime.services.start(operator, service.serviceId);
  expect(await stage.call('explain', { tool: 'calc__fn__add' })).toMatchObject({
    visibility: 'denied',
    callable: false,
    reasons: [
      {
        code: 'TOOL_BLOCKED',
        text: expect.stringContaining('denyTools of spec.policy'),
        hint: expect.stringContaining('remove it from the list'),
      },
    ],
  });
  const refused = await stage.refused('calc__fn__add');
  expect(refused.text).toContain((await stage.runtime.explain(agent, 'calc__fn__add')).reasons[0]?.text);
});

test('explain reports a tool outside of the allow list as denied', async () => {
  await using stage = await controlStage();
  const { spec, ...rest } = manifestOf('calc');
  const policy = { allowTools: ['other'] };
  const { service } = await stage.runtime.services.apply(operator, { ...rest, spec: { ...spec, policy } });
  await stage.runtime.services.start(operator, service.serviceId);
  expect(await stage.call('explain', { tool: 'calc__fn__add' })).toMatchObject({
    visibility: 'denied',
    reasons: [{ code: 'TOOL_BLOCKED', text: expect.stringContaining('allowTools') }],
  });
});

test('explain reports unreachable with the error of the circuit when the circuit is open', async () => {
  await using stage = await controlStage({ recoveryTimeoutMs: 0 });
  await running(stage);
  stage.connector.answer = () => Promise.reject(new ClarityError('UPSTREAM_FAILED', 'on fire'));
  for (let i = 0; i < 8; i += 1) await stage.result('calc__fn__add');
  const explained = await stage.call('explain', { tool: 'calc__fn__add' });
  expect(explained).toMatchObject({
    visibility: 'unreachable',
    callable: false,
    reasons: [
      { code: 'CIRCUIT_OPEN', text: expect.stringContaining('8 of 8 calls'), hint: expect.stringContaining('restart') },
    ],
  });
  const refused = await stage.refused('calc__fn__add');
  expect(refused.text).toContain((explained['reasons'] as { text: string }[])[0]?.text);
});

test('explain reports unreachable and callable when the last request of the service failed', async () => {
  await using stage = await controlStage({ recoveryTimeoutMs: 0 });
  await running(stage);
  stage.connector.answer = () => Promise.reject(new ClarityError('UPSTREAM_UNREACHABLE', 'connect refused'));
  await stage.result('calc__fn__add');
  expect(await stage.call('explain', { tool: 'calc__fn__add' })).toMatchObject({
    visibility: 'unreachable',
    callable: true,
    reasons: [{ code: 'UNWELL', text: expect.stringContaining('connect refused') }, { code: 'LISTED' }],
  });
});

test('explain reports unreachable with the setting when the service is disabled', async () => {
  await using stage = await controlStage();
  await running(stage);
  const { spec, ...rest } = manifestOf('calc');
  await stage.runtime.services.apply(operator, { ...rest, spec: { ...spec, enabled: false } });
  expect(await stage.call('explain', { tool: 'calc__fn__add' })).toMatchObject({
    visibility: 'unreachable',
    reasons: [{ code: 'SERVICE_DISABLED', hint: expect.stringContaining('spec.enabled') }],
  });
});

test('the explain tool returns the same explanation as Runtime.explain', async () => {
  await using stage = await controlStage();
  await running(stage);
  for (const tool of ['calc__fn__add', 'clarity__help', 'runtime__register_local', 'calc__none']) {
    const { content } = await stage.result('explain', { tool });
    const own = await stage.runtime.explain(operator, tool, agent);
    expect((content as { text: string }[])[0]?.text).toBe(JSON.stringify(own, null, 2));
  }
});

test('explain reports a second name as hidden and callable', async () => {
  await using stage = await controlStage();
  expect(await stage.call('explain', { tool: 'clarity__help' })).toMatchObject({
    visibility: 'hidden',
    callable: true,
  });
});

test('explain reports denied with a remedy when the caller lacks the grant', async () => {
  await using stage = await controlStage();
  for (const tool of ['runtime__register_local', 'clarity__bootstrap_app']) {
    expect(await stage.call('explain', { tool })).toMatchObject({
      visibility: 'denied',
      callable: false,
      reasons: [{ code: 'GRANT_REQUIRED', hint: expect.stringContaining('CLARITY_ENABLE_MCP_PROVISIONING=1') }],
    });
  }
  const held = await stage.call('explain', { tool: 'runtime__register_local' }, provisioner);
  expect(held).toMatchObject({ visibility: 'visible' });
  const reader = withGrants('read');
  expect(await stage.runtime.explain(operator, 'runtime__status_summary', reader)).toMatchObject({
    visibility: 'denied',
    reasons: [{ code: 'GRANT_REQUIRED', text: expect.stringContaining(`'call'`) }],
  });
});

test('explain reports unreachable for a stopped service, quarantined for a quarantined one', async () => {
  await using stage = await controlStage();
  const id = await running(stage);
  await stage.runtime.services.stop(operator, id);
  expect(await stage.call('explain', { tool: 'calc__fn__add' })).toMatchObject({
    visibility: 'unreachable',
    callable: false,
    reasons: [{ code: 'SERVICE_STOPPED', hint: expect.stringContaining('clarityctl start') }],
  });
  stage.connector.failure = new Error('no');
  for (let i = 0; i < 5; i += 1) await stage.runtime.services.start(operator, id);
  expect(await stage.call('explain', { tool: 'calc__fn__add' })).toMatchObject({
    visibility: 'quarantined',
    reasons: [
      {
        code: 'SERVICE_QUARANTINED',
        text: expect.stringContaining('5 failures within 60 s'),
        hint: expect.stringContaining('unquarantine'),
      },
    ],
  });
});

test('M21 explain reports the state of a service that never ran, for every form of a name', async () => {
  await using stage = await controlStage();
  const { service } = await stage.runtime.services.apply(operator, manifestOf('calc'));
  stage.connector.failure = new Error('gone');
  const asked = ['calc__any', 'calc/any', `${service.serviceId}/any`];
  for (const tool of asked) {
    const explained = await stage.runtime.explain(operator, tool);
    expect(explained).toMatchObject({ visibility: 'unreachable', callable: false, service: { namespace: 'calc' } });
    expect(explained.reasons[0]?.code).toBe('SERVICE_STOPPED');
  }
  for (let i = 0; i < 10; i += 1)
    await stage.runtime.services.start(operator, service.serviceId).catch(() => undefined);
  const { status } = stage.runtime.services.get(operator, service.serviceId);
  const { visibility } = await stage.runtime.explain(operator, 'calc__any');
  expect(visibility).toBe(status.lifecycle === 'QUARANTINED' ? 'quarantined' : 'unreachable');
  expect((await stage.runtime.explain(operator, 'other__any')).visibility).toBe('unknown');
});

test('explain reports quarantined tools with all further obstacles', async () => {
  await using stage = await controlStage();
  const id = await running(stage, 'calc', true);
  await settled();
  stage.connector.tools.set('calc', [{ name: 'fn__add', description: 'Other.' }]);
  await stage.runtime.services.introspect(operator, id);
  expect(await stage.call('explain', { tool: 'calc__fn__add' })).toMatchObject({
    visibility: 'quarantined',
    reasons: [{ code: 'TOOL_QUARANTINED', hint: expect.stringContaining('clarityctl accept') }],
  });
  await stage.runtime.services.stop(operator, id);
  const { reasons } = await stage.runtime.explain(agent, 'calc__fn__add');
  expect(reasons.map(({ code }) => code)).toEqual(['SERVICE_STOPPED', 'TOOL_QUARANTINED']);
});

test('explain reports similar names for an unknown tool, limited and printable', async () => {
  await using stage = await controlStage();
  await running(stage);
  expect(await stage.call('explain', { tool: 'calc__sub' })).toMatchObject({
    visibility: 'unknown',
    reasons: [{ code: 'TOOL_NOT_FOUND', hint: 'similar names: calc__fn__add' }],
  });
  const { tool } = await stage.runtime.explain(agent, `x\u001b[2J${'y'.repeat(200)}`);
  expect(tool).toMatch(/^[\x20-\x7e]{1,120}$/);
});

test('explain returns the same explanation for the same facts', async () => {
  await using stage = await controlStage();
  await running(stage);
  const answers = await Promise.all(Array.from({ length: 5 }, () => stage.runtime.explain(agent, 'calc__fn__add')));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
});
