import { expect, test } from '@jest/globals';
import { DescriptorReserve } from '../../src/files/descriptor-reserve.ts';
import { failure, filesWith } from '../support/failing-files.ts';
import { SimulatedDisk } from '../support/simulated-disk.ts';

test.each([
  ['EMFILE', 4, 5, 'fulfilled'],
  ['ENFILE', 4, 5, 'fulfilled'],
  ['EMFILE', 5, 5, 'rejected'],
  ['EACCES', 1, 1, 'rejected'],
])('R14a DescriptorReserve gives up 4 descriptors when %s fails %i times', async (code, failures, attempts, status) => {
  await using reserve = new DescriptorReserve();
  let count = 0;
  const inner = filesWith(() => {
    count += 1;
    if (count <= failures) throw failure(code);
  }, new SimulatedDisk().files);
  const [outcome] = await Promise.allSettled([reserve.files(inner).create('/w/file')]);
  expect([outcome.status, count]).toEqual([status, attempts]);
});
