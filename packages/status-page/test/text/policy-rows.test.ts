import { expect, test } from '@jest/globals';
import { toPolicyRows } from '../../src/text/policy-rows.ts';

test('each rule has its value in words and the source that sets it', () => {
  const rows = toPolicyRows({
    serviceId: 's',
    policyRef: 'careful',
    effective: { timeoutMs: 20_000, maxRequestBytes: 256_000, rate: { perMinute: 60, burst: 10 }, denyTools: [] },
    sources: [
      { where: 'policy careful', policy: { rate: { perMinute: 60, burst: 10 }, timeoutMs: 30_000 } },
      { where: 'manifest', policy: { timeoutMs: 20_000 } },
    ],
  });
  expect(rows).toEqual([
    { rule: 'Call timeout', value: '20 s', source: 'manifest' },
    { rule: 'Max request size', value: '256.0 kB', source: 'default' },
    { rule: 'Rate limit', value: '60 per min, bursts of 10', source: 'policy careful' },
    { rule: 'Denied tools', value: 'none', source: 'default' },
  ]);
});

test('a rule without a label of its own is shown by its name', () => {
  const policy = { maxOpenFiles: 3 };
  const rows = toPolicyRows({
    serviceId: 's',
    policyRef: 'careful',
    effective: policy as object,
    sources: [{ where: 'manifest', policy: policy as object }],
  });
  expect(rows).toEqual([{ rule: 'Max open files', value: '3', source: 'manifest' }]);
});
