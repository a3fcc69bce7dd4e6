import type { Stream } from '../../src/support/process-context.ts';

export interface CapturedStream extends Stream {
  readonly text: string;
}

/** A stream that keeps what is written; a terminal when it is given a width. */
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
