import { expect, test } from '@jest/globals';
import { MAX_SILENCE_MS, silenceDuring } from '../../../../test/support/silence.ts';
import { ThreadCompiler } from '../../src/threads/thread-compiler.ts';

const open = new AbortController().signal;
const ending = '\n\nfunction one() -> Int64 {\n  1\n}\n';

/** A source of this length that has one union type. */
function unionOf(length: number): string {
  const variants: string[] = [];
  for (let size = 40, i = 0; size < length; i += 1) {
    const variant = `  | C${String(i)}(a: Int64)\n`;
    size += variant.length;
    variants.push(variant);
  }
  return `module Big\n\ntype Union =\n${variants.join('')}${ending}`;
}

test('T-370 R11b ThreadCompiler keeps the event loop free when 16 sources of 238 kB arrive', async () => {
  await using compiler = new ThreadCompiler();
  await compiler.compile({ file: 'a.clarity', text: `module A${ending}` }, open);
  const text = unionOf(238_000);
  const silence = await silenceDuring(async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        compiler.compile({ file: 'big.clarity', text, principal: `p${String(i)}` }, open).then(
          ({ ok }) => ok,
          (error: unknown) => (error as { code: string }).code,
        ),
      ),
    );
    expect(outcomes).toEqual([...Array<true>(5).fill(true), ...Array<string>(11).fill('QUOTA_EXCEEDED')]);
  });
  expect(silence).toBeLessThan(MAX_SILENCE_MS);
});

test('R11b ThreadCompiler returns a finding when a source exceeds the time limit, then compiles the next one', async () => {
  await using compiler = new ThreadCompiler({ limitMs: 40 });
  expect(await compiler.compile({ file: 'big.clarity', text: unionOf(490_000) }, open)).toEqual({
    ok: false,
    findings:
      'big.clarity: the compilation did not end within 0.04 seconds\n  hint: split the source into several modules',
  });
  await using next = new ThreadCompiler();
  expect(await next.compile({ file: 'a.clarity', text: `module A${ending}` }, open)).toMatchObject({
    ok: true,
    document: { module: 'A' },
  });
});

test('R11b ThreadCompiler returns the module and the findings of the compiler', async () => {
  await using compiler = new ThreadCompiler();
  const built = await compiler.compile({ file: 'a.clarity', text: `module A${ending}` }, open);
  expect(built.ok && [...built.wasm.subarray(0, 4)]).toEqual([0, 0x61, 0x73, 0x6d]);
  const refused = await compiler.compile({ file: 'a.clarity', text: 'module A' }, open);
  expect(!refused.ok && refused.findings).toContain('a.clarity:1:8');
});
