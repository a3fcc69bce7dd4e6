import { expect, test } from '@jest/globals';
import { compile, formatDiagnostic } from '@clarity-runtime/compiler';
import { textsOf } from './workspace-files.ts';

test('each Clarity source in a document compiles', async () => {
  const failures: string[] = [];
  let count = 0;
  for (const [path, text] of await textsOf(/^README\.md$|^docs\/.*\.md$/)) {
    for (const [, source = ''] of text.matchAll(/^```clarity\n([\s\S]*?)^```/gm)) {
      count += 1;
      const compiled = compile({ file: path, text: source });
      if (!compiled.ok) failures.push(...compiled.diagnostics.map((diagnostic) => formatDiagnostic(diagnostic)));
    }
  }
  expect(failures).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(2);
});
