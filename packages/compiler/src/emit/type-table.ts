import { ByteWriter } from './byte-writer.ts';
import type { CoreSignature } from './function-code.ts';
import { VALUE_TYPE } from './opcodes.ts';

const FUNCTION_TYPE = 0x60;

/** The types of functions, each once. */
export class TypeTable {
  readonly entries: Uint8Array[] = [];
  readonly #indices = new Map<string, number>();

  index({ parameters, result }: CoreSignature): number {
    const key = `${parameters.join()}>${result}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const results = result === 'none' ? [] : [result];
    const entry = new ByteWriter().byte(FUNCTION_TYPE);
    for (const types of [parameters, results]) {
      entry.unsigned(types.length);
      for (const type of types) entry.byte(VALUE_TYPE[type]);
    }
    this.#indices.set(key, this.entries.length);
    this.entries.push(entry.bytes());
    return this.entries.length - 1;
  }
}
