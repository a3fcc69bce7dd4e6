import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { endingSignal } from '../../src/daemon/signals.ts';

test('T-285 the first signal starts the shutdown, the second exits at once, SIGHUP is ignored', async () => {
  const source = new EventEmitter();
  const codes: number[] = [];
  const ending = endingSignal({ source, exit: (code) => codes.push(code) });
  for (const name of ['SIGHUP', 'SIGPIPE', 'SIGTERM']) expect(source.emit(name)).toBe(true);
  expect(await ending).toBe('SIGTERM');
  expect(codes).toEqual([]);
  source.emit('SIGINT');
  expect(codes).toEqual([130]);
});
