import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import { sweepLeftovers, type ChildRecord } from '../../src/index.ts';
import { markedProcesses } from '../../src/process/child-marks.ts';
import { startTimeOf } from '../../src/process/child-record.ts';
import { signalGroup } from '../../src/process/process-group.ts';
import { nodeArgs } from '../support/process-service.ts';
import { isAlive, kill, until } from '../support/talk.ts';

const linux = { test: process.platform === 'linux' ? test : test.skip };
const daemonFile = new URL('../support/daemon.ts', import.meta.url).pathname;

/** Returns the ids of the running processes of a group. */
const groupOf = (leader: number): readonly number[] =>
  execFileSync('ps', ['-eo', 'pid=,pgid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, group, stat = '']) => Number(group) === leader && !stat.startsWith('Z'))
    .map(([pid]) => Number(pid));

test.each(['legacy', 'stubborn'])('Q24 a %s child ends when its daemon is killed by SIGKILL', async (mode) => {
  const daemon = spawn(process.execPath, nodeArgs(daemonFile, mode), { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: daemon.stdout }).on('line', (line) => lines.push(line));
  await until(() => lines.includes('ready'));
  const records = JSON.parse(lines[0] ?? '[]') as readonly ChildRecord[];
  const pid = records[0]?.pid ?? 0;
  try {
    expect(isAlive(pid)).toBe(true);
    await until(() => groupOf(pid).length > 1);
  } finally {
    daemon.kill('SIGKILL');
  }
  await until(() => groupOf(pid).length === 0);
  expect(await sweepLeftovers(records)).toEqual({ ended: [], gone: records });
});

test('sweepLeftovers ends the whole group only when the recorded start time matches', async () => {
  const left = spawn('/bin/sh', ['-c', 'sleep 1000 & sleep 1000'], { detached: true, stdio: 'ignore' });
  const pid = left.pid ?? 0;
  await until(() => groupOf(pid).length >= 2);
  const startedAt = (await startTimeOf(pid)) ?? '';
  const wrong = [
    { serviceId: 's', pid, startedAt: `${startedAt}0` },
    { serviceId: 's', pid, startedAt: '' },
    { serviceId: 's', pid: process.pid, startedAt },
  ];
  expect(await sweepLeftovers(wrong)).toEqual({ ended: [], gone: wrong });
  expect(groupOf(pid).length).toBeGreaterThanOrEqual(2);
  const right = [{ serviceId: 's', pid, startedAt }];
  expect(await sweepLeftovers(right)).toEqual({ ended: right, gone: [] });
  await until(() => groupOf(pid).length === 0);
});

linux.test(
  'T-366 R18f Q24 the sweep at boot ends processes with a recorded mark, also without their group',
  async () => {
    const orphan = (mark: string): void => {
      const env = { PATH: process.env['PATH'], CLARITY_SERVICE_ID: 'svc_sweep', CLARITY_BOOT_ID: mark };
      execFileSync('/bin/sh', ['-c', 'setsid sleep 1000 >/dev/null 2>&1 &'], { env });
    };
    const bootId = `sweep-${String(process.pid)}`;
    orphan(bootId);
    orphan(`${bootId}-other`);
    const marked = async () => (await markedProcesses()).filter((each) => each.bootId.startsWith(bootId));
    await until(async () => (await marked()).length === 2);
    const record = { serviceId: 'svc_sweep', pid: 2 ** 22 - 1, startedAt: 'earlier', bootId };
    expect(await sweepLeftovers([record])).toEqual({ ended: [], gone: [record] });
    const left = await marked();
    expect(left.map((each) => each.bootId)).toEqual([`${bootId}-other`]);
    for (const { pid } of left) kill(pid);
  },
);

test.each([0, 1, -1, 1.5, Number.NaN])(
  'signalGroup returns false and sends nothing when the leader is %p',
  (leader) => {
    expect(signalGroup(leader, 'SIGKILL')).toBe(false);
  },
);
