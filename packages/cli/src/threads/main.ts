import { parentPort } from 'node:worker_threads';
import { TASKS, type TaskOrder, type TaskReport } from './tasks.ts';

const report = (message: TaskReport): void => parentPort?.postMessage(message);

async function perform({ kind, input }: TaskOrder): Promise<void> {
  try {
    report({ type: 'done', output: await TASKS[kind](input) });
  } catch (error) {
    report({ type: 'failed', error });
  }
}

parentPort?.on('message', (order: TaskOrder) => void perform(order));
report({ type: 'ready' });
