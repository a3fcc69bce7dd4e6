// Compares compiled programs with the interpreter of their typed trees for the given time.
//   npm run fuzz:compiler -- --minutes 10 --seed 1
import { exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { compareOne } from '../packages/compiler/test/support/differential.ts';
import { tape } from '../packages/compiler/test/support/tape.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const until = Date.now() + Number(values.minutes ?? 5) * 60_000;
const first = Number(values.seed ?? Date.now() % 1_000_000);
const BATCH = 200;

const seen = { value: 0, err: 0, trap: 0, 'given up': 0 };
let failed = false;
let programs = 0;
let characters = 0;

const property = fc.property(tape, (choices) => {
  const { source, outcomes, differences } = compareOne(choices);
  programs += 1;
  characters += source.length;
  for (const outcome of outcomes) seen[outcome] += 1;
  if (differences.length > 0) throw new Error(`${JSON.stringify(differences, null, 2)}\n${source}`);
});

for (let seed = first; Date.now() < until; seed += 1) {
  const result = fc.check(property, { seed, numRuns: BATCH, interruptAfterTimeLimit: 60_000 });
  if (!result.failed) continue;
  stderr.write(`seed ${seed}: ${fc.defaultReportMessage(result)}\n`);
  failed = true;
  break;
}
stdout.write(
  `${programs} programs of ${Math.round(characters / Math.max(1, programs))} characters: ${JSON.stringify(seen)}\n`,
);
if (failed) exit(1);
