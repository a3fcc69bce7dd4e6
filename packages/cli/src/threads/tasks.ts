import { compileSource } from '@clarity-runtime/adapter-toolchain';
import { judgePacked } from '@clarity-runtime/core/internal';

/** Work of a task thread, by kind. Inputs and outputs are structured clones. */
export const TASKS: { readonly compile: typeof compileSource; readonly judge: typeof judgePacked } = {
  compile: compileSource,
  judge: judgePacked,
};

/** Kind of a task. */
export type TaskKind = keyof typeof TASKS;

/** Message to a task thread. */
export interface TaskOrder {
  readonly kind: TaskKind;
  readonly input: never;
}

/** Message of a task thread. */
export type TaskReport =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly output: unknown }
  | { readonly type: 'failed'; readonly error: unknown };
