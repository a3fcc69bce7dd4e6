import { expect, test } from '@jest/globals';
import { parseManifest } from '../../src/validation/index.ts';
import { manifestOf } from '../support/fake-connector.ts';
import { changed, refusal } from './refusal.ts';

const surfaced = (surface: unknown): object => changed(manifestOf('calc'), 'spec.surface', surface);
const refusedTools = (tools: unknown) => refusal(surfaced({ tools }));

test('spec.surface accepts a prefix and, per tool, a name, a description and hidden', () => {
  const tools = {
    add: { name: 'Sum_of-two', description: 'Adds.\n\tAll 👨‍👩‍👧 of it.', hidden: true },
    'files.read/all ö': { name: 'x'.repeat(64) },
    toString: { description: 'x'.repeat(4096) },
    sub: {},
  };
  for (const surface of [{}, { prefix: 'My Tools' }, { prefix: 'p', tools }]) {
    expect(parseManifest(surfaced(surface)).spec.surface).toEqual(surface);
  }
});

test.each([
  ['a text in place of an object', 'short', 'spec.surface', /an object/],
  ['an empty prefix', { prefix: '' }, 'spec.surface.prefix', /non-empty string/],
  ['a long prefix', { prefix: 'x'.repeat(65) }, 'spec.surface.prefix', /at most 64/],
  ['a list of tools', { tools: ['add'] }, 'spec.surface.tools', /an object/],
  ['tools without a name', { tools: { '': {} } }, 'spec.surface.tools', /names of tools/],
])('spec.surface with %s is rejected with its field', (_what, surface, field, problem) => {
  expect(refusal(surfaced(surface))).toMatchObject({ field, message: expect.stringMatching(problem) });
});

test.each([
  ['name', '', /letters, digits, _ and -/],
  ['name', 'a.b', /letters, digits, _ and -/],
  ['name', 'x'.repeat(65), /at most 64/],
  ['name', null, /string/],
  ['description', '', /non-empty string/],
  ['description', 'x'.repeat(4097), /at most 4096 characters/],
  ['description', 'Adds.\u200b', /hidden characters/],
  ['description', 'Adds.\u202e', /hidden characters/],
  ['description', 'Adds.\u001b[2J', /hidden characters/],
  ['description', 'Adds.\u{e0041}', /hidden characters/],
  ['description', 'Adds.\ud800', /text/],
  ['hidden', 'yes', /a boolean/],
])('spec.surface.tools is rejected with the field when %s is %j', (member, value, problem) => {
  expect(refusedTools({ add: { [member]: value } })).toMatchObject({
    field: `spec.surface.tools.add.${member}`,
    message: expect.stringMatching(problem),
  });
});

test('unknown members of spec.surface are rejected by name with the closest known name', () => {
  const { message, hint } = refusedTools({ add: { nam: 'sum' } });
  expect(message).toContain("unknown field 'spec.surface.tools.add.nam'");
  expect(hint).toContain('spec.surface.tools.add.name');
  expect(refusal(surfaced({ tool: {} })).message).toContain("unknown field 'spec.surface.tool'");
});

test('two tools with the same exposed name are rejected; two that swap names are accepted', () => {
  const named = (name: string) => ({ name });
  expect(refusedTools({ add: named('sum'), plus: named('sum') })).toMatchObject({
    field: 'spec.surface.tools.plus.name',
    message: expect.stringContaining('spec.surface.tools.add.name'),
    hint: expect.stringContaining('another name'),
  });
  expect(refusedTools({ add: named('plus'), plus: { hidden: true } }).field).toBe('spec.surface.tools.plus.name');
  expect(parseManifest(surfaced({ tools: { add: named('plus'), plus: named('add') } }))).toBeDefined();
});
