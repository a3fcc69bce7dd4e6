/** The guest names bytes that its memory does not have, or text that is not UTF-8 or UTF-16. */
export class GuestLie extends Error {
  override readonly name = 'GuestLie';
}

/** The guest makes the host copy more bytes than its call may. */
export class TooManyCopies extends Error {
  override readonly name = 'TooManyCopies';
}

export type Exports = Readonly<Record<string, unknown>>;

export type Instantiate = (
  getCoreModule: (name: string) => WebAssembly.Module,
  imports: object,
  instantiateCore: (module: WebAssembly.Module, imports: WebAssembly.Imports) => WebAssembly.Instance,
) => Exports;

const EXPORTS = /^export (?=function instantiate\b|const _util\b)/gm;
const HEAD = /^function instantiate\([^\n]*\{$/m;
const COPIES = /\b(memory\d+)\.buffer\.slice\(/g;

/**
 * Evaluates transpiled code. A function body instead of a module: nothing of it stays in the module cache of the thread,
 * and it is synchronous.
 *
 * The code of the transpiler (0.15.0) copies lists with `ArrayBuffer.slice`, which cuts a range outside of the memory to an
 * empty one, and decodes text with a `TextDecoder` that replaces what is not UTF-8 and drops a leading U+FEFF. The
 * Component Model traps in the first two cases and has no third one (Canonical ABI, `load_list` and `load_string`).
 * Both copies count against `maxCopiedBytes` of an instance, because a guest can name the same bytes often.
 */
export function evaluate(glue: string, maxCopiedBytes: number): Instantiate {
  const body = glue.replaceAll(EXPORTS, '').replaceAll(COPIES, 'copyOfGuest($1.buffer, ');
  if (!HEAD.test(body)) throw new TypeError('the transpiler wrote code of another form');
  const bounded = body.replace(HEAD, (head) => `${head}\nconst { TextDecoder, copyOfGuest } = guestCopies();`);
  const code = `'use strict';\n${bounded}\nreturn instantiate;`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- generated code
  return new Function('guestCopies', code)(() => guestCopies(maxCopiedBytes)) as Instantiate;
}

/** Returns the functions with which transpiled code copies bytes out of the memory of one instance. */
function guestCopies(maxBytes: number): object {
  let copied = 0;
  const count = (bytes: number): void => {
    copied += bytes;
    if (copied > maxBytes) throw new TooManyCopies(`the host would copy more than ${String(maxBytes)} bytes`);
  };
  return {
    copyOfGuest: (memory: ArrayBuffer, start: number, end: number): ArrayBuffer => {
      if (start < 0 || end < start || end > memory.byteLength) throw new GuestLie('a list is outside of its memory');
      count(end - start);
      return memory.slice(start, end);
    },
    TextDecoder: class GuestTextDecoder {
      readonly #decoder: TextDecoder;

      constructor(encoding = 'utf-8') {
        this.#decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
      }

      decode(bytes: Uint8Array): string {
        count(bytes.length);
        try {
          return this.#decoder.decode(bytes);
        } catch {
          throw new GuestLie('a text is not encoded as its type says');
        }
      }
    },
  };
}

/** Messages of V8 for a range outside of a buffer or a view that does not fit into it, and for a number that `char` does not have. */
const LIES = [
  [/outside the bounds|Invalid typed array length|Start offset/, 'a value is outside of its memory'],
  [/Invalid code point/, 'a char is not a Unicode scalar value'],
] as const;

/**
 * Returns what a guest did wrong that made transpiled code throw; undefined when it did something else. The name
 * tells the error, because a test has classes of its own.
 */
export function lieOf(error: unknown): string | undefined {
  if (error instanceof GuestLie) return error.message;
  const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
  if (name !== 'RangeError') return undefined;
  return LIES.find(([pattern]) => pattern.test(String(message)))?.[1];
}
