import { expect, test } from '@jest/globals';
import { placeholderWarnings } from '../../../src/domain/services/manifest-warnings.ts';

const warningsOf = (origin: object) => placeholderWarnings({ spec: { origin } } as never);

test('[first-hour.23] Q18 placeholderWarnings names each placeholder that no start expands, with the form to write', () => {
  const env = [
    { name: 'A', value: '${env:GREETING}' },
    { name: 'B', value: '${NOT_SET:-hidden-default}' },
  ];
  const warnings = warningsOf({
    type: 'local_process',
    command: 'x',
    args: ['--name=${GREETING}'],
    cwd: '${PWD}',
    env,
  });
  expect(warnings).toEqual([
    'spec.origin.args[0] has the placeholder ${GREETING}, which is passed as written; write ${env:GREETING} to expand it',
    'spec.origin.cwd has the placeholder ${PWD}, which is passed as written; write ${env:PWD} to expand it',
    'spec.origin.env[1].value has the placeholder ${NOT_SET}, which is passed as written; write ${env:NOT_SET} to expand it',
  ]);
  expect(warnings.join()).not.toContain('hidden-default');
});

test.each(['${input:key}', '${workspaceFolder}/x', '${{ secrets.KEY }}', '${1:?}'])(
  'Q18 placeholderWarnings reports %s of another product',
  (value) => {
    const [warning = ''] = warningsOf({ type: 'remote_mcp', headers: [{ name: 'X', value }] });
    expect(warning).toMatch(/^spec\.origin\.headers\[0\]\.value has .*passed as written/);
  },
);

test.each(['$${HOME}', '${env:HOME}', '${secret:file:key}', '${env:HOME:-/root}', '${open', '$HOME'])(
  'Q18 placeholderWarnings accepts %s',
  (value) => {
    expect(warningsOf({ type: 'local_process', command: 'x', args: [value] })).toEqual([]);
  },
);

test('D2 placeholderWarnings names a value of a manual, and no argument, which may be any text', () => {
  const env = [
    { name: 'TOKEN', value: '<YOUR_TOKEN>' },
    { name: 'MODE', value: 'none' },
  ];
  expect(warningsOf({ type: 'local_process', command: 'x', args: ['<file>'], env })).toEqual([
    'spec.origin.env[0].value is a placeholder: write the value itself',
  ]);
});
