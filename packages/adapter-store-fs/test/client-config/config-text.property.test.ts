import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseTree } from 'jsonc-parser';
import { jsonConfig } from '../../src/client-config/json-config.ts';
import { tomlConfig } from '../../src/client-config/toml-config.ts';
import { jsonText, tomlText } from './arbitrary-config.ts';

const edit = { set: { command: 'c', args: ['a'] }, drop: [] };
const name = 'clarity_gateway';

test('T-290 JSON remove reverts put without a backup when the file has other servers', () => {
  const config = jsonConfig({ container: ['servers'], name, isStrict: false });
  let exact = 0;
  fc.assert(
    fc.property(jsonText('servers', false), (text) => {
      const before = text.replace('\ufeff', '');
      const after = config.remove(config.put(before, edit));
      const servers = parseTree(before)?.children?.find((one) => one.children?.[0]?.value === 'servers');
      if ((servers?.children?.[1]?.children ?? []).length > 0) {
        exact += 1;
        expect(after).toBe(before);
      } else expect(config.entry(after)).toBe(undefined);
    }),
    { numRuns: 500 },
  );
  expect(exact).toBeGreaterThan(50);
});

test('T-290 TOML remove reverts put without a backup, except for the final line break', () => {
  const config = tomlConfig({ container: ['mcp_servers'], name });
  fc.assert(
    fc.property(tomlText, (text) => {
      const before = text.replace('\ufeff', '');
      let put: string;
      try {
        put = config.put(before, edit);
      } catch {
        fc.pre(false);
        return;
      }
      expect(config.remove(put).trimEnd()).toBe(before.trimEnd());
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['an entry in the middle', '{"servers": {"a": 1, "clarity_gateway": {}, "b": 2}}', '{"servers": {"a": 1, "b": 2}}'],
  ['a first entry with a comma after it', '{"servers": {"clarity_gateway": {}, "b": 2}}', '{"servers": { "b": 2}}'],
  [
    'an entry after a comment, with another entry in its line',
    '{"servers": {\n  // note\n  "clarity_gateway": {}, "b": 2\n}}',
    '{"servers": {\n  // note\n   "b": 2\n}}',
  ],
  ['a last entry with a comma after it', '{"servers": {"a": 1, "clarity_gateway": {},}}', '{"servers": {"a": 1,}}'],
])('%s is removed with its own comma', (_, before, after) => {
  expect(jsonConfig({ container: ['servers'], name, isStrict: false }).remove(before)).toBe(after);
});

test('T-290 integers above 2^53 stay unchanged in an edited TOML file', () => {
  const before = 'a = 9223372036854775807\n';
  expect(
    tomlConfig({ container: ['mcp_servers'], name })
      .put(before, edit)
      .startsWith(before),
  ).toBe(true);
});
