import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../../../test/support/runs.ts';
import { fitsSchema } from '../../../../test/support/fits-schema.ts';
import { arbitraryJson, arbitraryType } from '../support/arbitrary-type.ts';
import { echoComponent } from '../support/components.ts';
import { openHere, outcomeOf } from '../support/programs.ts';

const TYPES = 24;

test('values of generated types come back as they were, and match the schemas of their tool', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryType, { minLength: TYPES, maxLength: TYPES }), fc.gen(), async (types, gen) => {
      const { instance, program } = await openHere(echoComponent(types));
      expect(program.leftOut).toEqual([]);
      for (const [index, type] of types.entries()) {
        const { inputSchema = {}, outputSchema = {} } = program.functions[index] ?? {};
        for (let round = 0; round < 8; round += 1) {
          const x = gen(() => arbitraryJson({ kind: 'list', element: type }));
          const json = JSON.stringify(x);
          expect([type, outcomeOf(instance, `echo_${String(index)}`, { x })]).toEqual([type, `value ${json}`]);
          if (!json.includes('Infinity') && !json.includes('NaN'))
            expect([type, fitsSchema(inputSchema, { x })]).toEqual([type, true]);
          expect([type, fitsSchema(outputSchema, { result: x })]).toEqual([type, true]);
        }
      }
    }),
    { numRuns: runs(1), endOnFailure: true },
  );
});
