import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Manifest } from '../../../src/domain/services/manifest.ts';
import { withToolVisibility } from '../../../src/domain/services/tool-visibility.ts';

const name = fc.constantFrom('add', 'sub', 'constructor', '__proto__');
const tool = fc.record({ name: fc.constant('plus'), hidden: fc.boolean() }, { requiredKeys: [] });
const manifest = fc.option(fc.uniqueArray(fc.tuple(name, tool), { selector: ([key]) => key }), { nil: undefined }).map(
  (tools) =>
    ({
      spec: {
        enabled: true,
        ...(tools === undefined ? {} : { surface: { prefix: 'p', tools: Object.fromEntries(tools) } }),
      },
    }) as unknown as Manifest,
);

const isHidden = ({ spec }: Manifest, tool: string): boolean =>
  new Map(Object.entries(spec.surface?.tools ?? {})).get(tool)?.hidden === true;

test('law: a hidden tool is hidden, a shown one is not, and nothing else of the manifest differs', () => {
  fc.assert(
    fc.property(manifest, fc.array(name), fc.array(name), (before, hide, show) => {
      const after = withToolVisibility(before, { hide, show });
      for (const one of ['add', 'sub', 'constructor', '__proto__'] as const) {
        const expected = !show.includes(one) && (hide.includes(one) || isHidden(before, one));
        expect([one, isHidden(after, one)]).toEqual([one, expected]);
        const named = new Map(Object.entries(before.spec.surface?.tools ?? {})).get(one)?.name;
        expect(new Map(Object.entries(after.spec.surface?.tools ?? {})).get(one)?.name).toBe(named);
      }
      expect(after.spec.surface?.prefix).toBe(before.spec.surface?.prefix);
      expect(after.spec.enabled).toBe(true);
    }),
  );
});
