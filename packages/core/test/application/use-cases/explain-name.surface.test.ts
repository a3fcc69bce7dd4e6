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

test('a tool that the manifest renames says so, by its new name and by its old one', async () => {
  await using stage = await controlStage();
  await running(stage, { tools: { fn__add: { name: 'sum' } } });
  for (const tool of ['calc__sum', 'calc__fn__add', 'calc/fn__add']) {
    expect(await stage.call('explain', { tool })).toMatchObject({
      tool,
      name: 'calc__sum',
      visibility: 'renamed',
      callable: true,
      reasons: [
        { code: 'NAME_SET', text: 'its service calls it fn__add, and spec.surface.tools.fn__add.name sum' },
        { code: 'LISTED', text: expect.stringMatching(/on \/mcp as calc__sum and on \/mcp\/calc as sum;/) },
      ],
    });
  }
});

test('a tool that the manifest hides is hidden and callable, with the mend', async () => {
  await using stage = await controlStage();
  await running(stage, { tools: { fn__add: { name: 'sum', hidden: true } } });
  expect(await stage.call('explain', { tool: 'calc__sum' })).toMatchObject({
    visibility: 'hidden',
    callable: true,
    reasons: [
      {
        code: 'HIDDEN',
        text: expect.stringContaining('it can be called as calc__sum'),
        hint: expect.stringContaining('take spec.surface.tools.fn__add.hidden out'),
      },
      { code: 'NAME_SET' },
    ],
  });
  await running(stage, { tools: { fn__add: { hidden: true } } });
  expect(codesOf(await stage.runtime.explain(agent, 'calc__fn__add'))).toEqual(['HIDDEN']);
});

test('what keeps a hidden tool from being called comes before that it is hidden', async () => {
  await using stage = await controlStage();
  await running(stage, { tools: { fn__add: { hidden: true } } }, { denyTools: ['fn__add'] });
  expect(await stage.runtime.explain(agent, 'calc__fn__add')).toMatchObject({ visibility: 'denied', callable: false });
});

test('a name of the manifest that had to be altered says both', async () => {
  await using stage = await controlStage();
  const name = 'x'.repeat(64);
  await running(stage, { tools: { fn__add: { name } } });
  const explained = await stage.runtime.explain(agent, `calc__${name}`);
  expect(explained.visibility).toBe('renamed');
  expect(codesOf(explained)).toEqual(['NAME_SET', 'NAME_CUT', 'LISTED']);
  expect(explained.reasons[2]?.text).toContain(`on /mcp/calc it is ${name}`);
});

test('a tool whose name the manifest gave to another says where it went', async () => {
  await using stage = await controlStage();
  stage.connector.tools.set('calc', [{ name: 'sum' }, { name: 'add' }]);
  await running(stage, { tools: { add: { name: 'sum' } } });
  const explained = await stage.runtime.explain(agent, 'calc/sum');
  expect(codesOf(explained)).toEqual(['NAME_TAKEN', 'LISTED']);
  expect(explained.reasons[0]?.hint).toContain('spec.surface.tools');
  expect(explained.reasons[1]?.text).toContain('on /mcp/calc it is calc__sum');
});

test('a tool under a prefix is visible, and says where the prefix comes from', async () => {
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
