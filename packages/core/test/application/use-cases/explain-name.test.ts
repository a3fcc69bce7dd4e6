import { expect, test } from '@jest/globals';
import type { Manifest } from '@clarity-runtime/core';
import { controlStage, type ControlStage } from '../../support/control-stage.ts';
import { manifestOf } from '../../support/fake-connector.ts';
import { agent, operator } from '../../support/speak.ts';

const running = (stage: ControlStage, module = 'calc'): Promise<void> => started(stage, manifestOf(module));

async function started({ runtime }: ControlStage, manifest: Manifest): Promise<void> {
  const { service } = await runtime.services.apply(operator, manifest);
  await runtime.services.start(operator, service.serviceId);
}

const reasonsOf = async (stage: ControlStage, tool: string): Promise<readonly string[]> =>
  (await stage.runtime.explain(agent, tool)).reasons.map(({ code }) => code);

test('explain reports the source of the namespace and the era of the service', async () => {
  await using stage = await controlStage();
  await running(stage);
  const { spec, ...rest } = manifestOf('other', { toolNamespace: 'mine' });
  const { service } = await stage.runtime.services.apply(operator, { ...rest, spec });
  await stage.runtime.services.start(operator, service.serviceId);
  expect(await stage.call('explain', { tool: 'calc__fn__add' })).toMatchObject({
    service: { era: 'legacy', namespace: 'calc' },
    reasons: [
      { text: expect.stringMatching(/on \/mcp as calc__fn__add.*on \/mcp\/calc as fn__add.*metadata\.module/) },
    ],
  });
  expect(await stage.call('explain', { tool: 'mine__fn__add' })).toMatchObject({
    reasons: [{ text: expect.stringContaining('spec.toolNamespace') }],
  });
});

test('explain reports why a name was altered: cleaned, cut, taken, or without namespace', async () => {
  await using stage = await controlStage({ maxToolName: 24 });
  stage.connector.tools.set('calc', [{ name: 'a.b' }, { name: 'x'.repeat(40) }, { name: 'ö'.repeat(40) }]);
  await running(stage);
  expect(await reasonsOf(stage, 'calc__a.b')).toEqual(['NAME_CLEANED', 'LISTED', 'MODELS_REFUSE']);
  expect(await reasonsOf(stage, `calc__${'x'.repeat(40)}`)).toEqual(['NAME_CUT', 'LISTED']);
  expect(await reasonsOf(stage, `calc/${'ö'.repeat(40)}`)).toEqual([
    'NAME_CLEANED',
    'NAME_CUT',
    'LISTED',
    'MODELS_REFUSE',
    'MODELS_REFUSE',
    'MODELS_REFUSE',
  ]);
  const { reasons, name } = await stage.runtime.explain(agent, `calc/${'x'.repeat(40)}`);
  expect(reasons[0]).toMatchObject({
    text: expect.stringContaining('46 characters'),
    hint: expect.stringContaining('CLARITYD_MAX_TOOL_NAME'),
  });
  expect(reasons[1]?.text).toContain(name);
  stage.connector.tools.set('b', [{ name: 'c' }, { name: 'd' }]);
  const { spec, ...rest } = manifestOf('b');
  await started(stage, { ...rest, spec: { ...spec, surface: { tools: { c: { name: 'd' } } } } });
  expect(await reasonsOf(stage, 'b/d')).toEqual(['NAME_TAKEN', 'LISTED']);
});

test('explain reports a name without namespace when the prefix option is collision', async () => {
  await using stage = await controlStage({ prefix: 'collision' });
  await running(stage);
  expect(await stage.runtime.explain(agent, 'fn__add')).toMatchObject({
    visibility: 'visible',
    name: 'fn__add',
    reasons: [{ code: 'LISTED', text: expect.stringContaining('no other service') }],
  });
});

test('explain reports an altered name as renamed', async () => {
  await using stage = await controlStage();
  stage.connector.tools.set('calc', [{ name: 'a.b' }]);
  await running(stage);
  expect(await stage.call('explain', { tool: 'calc__a.b' })).toMatchObject({
    visibility: 'renamed',
    callable: true,
    name: expect.stringMatching(/^calc__a_b_[0-9a-f]{6}$/),
  });
});
