import { expect, test } from '@jest/globals';
import type { Explanation, ServiceSurface } from '@clarity-runtime/core';
import { controlStage, type ControlStage } from '../../support/control-stage.ts';
import { manifestOf } from '../../support/fake-connector.ts';
import { agent, operator } from '../../support/speak.ts';

async function running({ runtime }: ControlStage, surface: ServiceSurface, policy = {}): Promise<void> {
  const { spec, ...rest } = manifestOf('calc');
  const { service } = await runtime.services.apply(operator, { ...rest, spec: { ...spec, surface, policy } });
  await runtime.services.start(operator, service.serviceId);
}

const codesOf = ({ reasons }: Explanation): readonly string[] => reasons.map(({ code }) => code);

test('explain finds a renamed tool by its new and its old name', async () => {
  await using stage = await controlStage();
  await running(stage, { tools: { fn__add: { name: 'sum' } } });
  for (const tool of ['calc__sum', 'calc__fn__add', 'calc/fn__add']) {
    expect(await stage.call('explain', { tool })).toMatchObject({
      tool,
      name: 'calc__sum',
      visibility: 'renamed',
      callable: true,
      reasons: [
        { code: 'NAME_SET', text: 'its service names it fn__add, and spec.surface.tools.fn__add.name sets sum' },
        { code: 'LISTED', text: expect.stringMatching(/on \/mcp as calc__sum and on \/mcp\/calc as sum;/) },
      ],
    });
  }
});

test('explain reports a hidden tool as callable, with a remedy', async () => {
  await using stage = await controlStage();
  await running(stage, { tools: { fn__add: { name: 'sum', hidden: true } } });
  expect(await stage.call('explain', { tool: 'calc__sum' })).toMatchObject({
    visibility: 'hidden',
    callable: true,
    reasons: [
      {
        code: 'HIDDEN',
        text: expect.stringContaining('call it as calc__sum'),
        hint: expect.stringContaining('remove spec.surface.tools.fn__add.hidden'),
      },
      { code: 'NAME_SET' },
    ],
  });
  await running(stage, { tools: { fn__add: { hidden: true } } });
  expect(codesOf(await stage.runtime.explain(agent, 'calc__fn__add'))).toEqual(['HIDDEN']);
});

test('explain reports obstacles of a hidden tool before its visibility', async () => {
  await using stage = await controlStage();
  await running(stage, { tools: { fn__add: { hidden: true } } }, { denyTools: ['fn__add'] });
  expect(await stage.runtime.explain(agent, 'calc__fn__add')).toMatchObject({ visibility: 'denied', callable: false });
});

test('explain reports both the name of the manifest and its alteration', async () => {
  await using stage = await controlStage();
  const name = 'x'.repeat(64);
  await running(stage, { tools: { fn__add: { name } } });
  const explained = await stage.runtime.explain(agent, `calc__${name}`);
  expect(explained.visibility).toBe('renamed');
  expect(codesOf(explained)).toEqual(['NAME_SET', 'NAME_CUT', 'LISTED']);
  expect(explained.reasons[2]?.text).toContain(`on /mcp/calc it is ${name}`);
});

test('explain finds a tool whose name the manifest gave to another tool', async () => {
  await using stage = await controlStage();
  stage.connector.tools.set('calc', [{ name: 'sum' }, { name: 'add' }]);
  await running(stage, { tools: { add: { name: 'sum' } } });
  const explained = await stage.runtime.explain(agent, 'calc/sum');
  expect(codesOf(explained)).toEqual(['NAME_TAKEN', 'LISTED']);
  expect(explained.reasons[0]?.hint).toContain('spec.surface.tools');
  expect(explained.reasons[1]?.text).toContain('on /mcp/calc it is calc__sum');
});

test('explain reports the source of a prefix', async () => {
  await using stage = await controlStage();
  await running(stage, { prefix: 'mine' });
  for (const tool of ['mine__fn__add', 'calc__fn__add']) {
    expect(await stage.runtime.explain(agent, tool)).toMatchObject({
      name: 'mine__fn__add',
      visibility: 'visible',
      reasons: [{ code: 'LISTED', text: expect.stringContaining('its prefix mine comes from spec.surface.prefix') }],
    });
  }
});
