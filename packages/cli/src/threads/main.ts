import { parentPort } from 'node:worker_threads';
import { TASKS, type TaskOrder, type TaskReport } from './tasks.ts';

const report = (message: TaskReport): void => parentPort?.postMessage(message);

parentPort?.on('message', ({ kind, input }: TaskOrder) => {
  try {
    report({ type: 'done', output: TASKS[kind](input) });
  } catch (error) {
    report({ type: 'failed', error });
  }
});
report({ type: 'ready' });
