import type { Stream } from '../../src/support/process-context.ts';

export interface CapturedStream extends Stream {
  readonly text: string;
}

/** Returns a stream that collects its text. With a width it is a terminal. */
export function capture(columns?: number): CapturedStream {
  let text = '';
  return {
    ...(columns === undefined ? {} : { isTTY: true, columns }),
    get text() {
      return text;
    },
    write: (more: string) => {
      text += more;
    },
  };
}
