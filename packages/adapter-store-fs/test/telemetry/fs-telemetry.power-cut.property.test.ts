import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fsServiceRegistry, fsTelemetry } from '@clarity-runtime/adapter-store-fs';
import { ManualClock } from '@clarity-runtime/core/memory';
import { sampleEvent, sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';
import { SimulatedDisk, type PowerCut } from '../support/simulated-disk.ts';
import { runs } from '../../../../test/support/runs.ts';

const folder = '/w';
const cut = fc.record<PowerCut>({
  names: fc.double({ min: 0, max: 1, noNaN: true }),
  content: fc.double({ min: 0, max: 1, noNaN: true }),
  zeros: fc.boolean(),
});
const kinds = fc.array(fc.constantFrom('service.started', 'service.tool_called', 'reopen'), {
  minLength: 1,
  maxLength: 12,
});

test('T-280 after a power cut at any moment the telemetry has all committed events and no others', async () => {
  let reached = 0;
  await fc.assert(
    fc.asyncProperty(kinds, fc.nat(120), cut, async (plan, at, how) => {
      const [asked, answered]: [string[], string[]] = [[], []];
      let step = 0;
      let remains: { disk: SimulatedDisk; answered: readonly string[] } | undefined;
      const disk = new SimulatedDisk(() => {
        step += 1;
        if (step === at) remains = { disk: disk.after(how), answered: [...answered] };
      });
      const clock = new ManualClock();
      let t = await fsTelemetry({ folder, files: disk.files, clock });
      for (const [i, kind] of plan.entries()) {
        if (kind === 'reopen') {
          await t[Symbol.asyncDispose]();
          t = await fsTelemetry({ folder, files: disk.files, clock });
          continue;
        }
        const message = `e${String(i)}`;
        asked.push(message);
        await t.append('default', [sampleEvent(kind, { message })]);
        if (kind === 'service.started') answered.push(message);
      }
      await t[Symbol.asyncDispose]();
      const left = remains ?? { disk: disk.after(how), answered: asked };
      if (remains !== undefined) reached += 1;
      await using again = await fsTelemetry({ folder, files: left.disk.files, clock });
      const found = (await again.events('default', { limit: 99 })).map(({ message }) => message);
      for (const message of left.answered) expect(found).toContain(message);
      const ours = found.filter((message) => message.startsWith('e'));
      expect(ours).toEqual(asked.slice(0, ours.length));
      expect((await again.verify('default')).fault).toBeUndefined();
    }),
    { numRuns: runs(160) },
  );
  expect(reached).toBeGreaterThan(40);
});

test('T-280 after a power cut at any moment the registry has all confirmed changes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.nat(60), cut, async (count, at, how) => {
      const answered: string[] = [];
      let step = 0;
      let remains: { disk: SimulatedDisk; answered: readonly string[] } | undefined;
      const disk = new SimulatedDisk(() => {
        step += 1;
        if (step === at) remains = { disk: disk.after(how), answered: [...answered] };
      });
      const registry = await fsServiceRegistry({ folder, files: disk.files });
      for (let i = 0; i < count; i += 1) {
        await registry.put('default', sampleRecord(`s${String(i)}`), 'absent', sampleWrite());
        answered.push(`s${String(i)}`);
      }
      const left = remains ?? { disk: disk.after(how), answered };
      const again = await fsServiceRegistry({ folder, files: left.disk.files });
      const found = (await again.list('default')).items.map(({ value }) => value.namespace);
      for (const name of left.answered) expect(found).toContain(name);
    }),
    { numRuns: runs(80) },
  );
});
