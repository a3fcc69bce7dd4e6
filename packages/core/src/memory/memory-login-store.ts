import type { LoginRecord, SealedText } from '../domain/login/login-record.ts';
import type { Secret } from '../domain/access/secret.ts';
import type { LoginSealer, SealContext } from '../ports/index.ts';
import type { RecordBacking } from '../registry/record-backing.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

/** A `LoginStore` over a backing that stores its records. Default: in memory. */
export class MemoryLoginStore extends MemoryRecordStore<LoginRecord> {
  constructor(backing?: RecordBacking<LoginRecord>) {
    super({ idOf: ({ id }) => id, ...(backing === undefined ? {} : { backing }) });
  }
}

/** Sealed texts of one record that are kept: the present one and those that a write may still fall back to. */
const MAX_PER_RECORD = 4;
const KEY_ID = 'memory';

/** Keeps the texts in memory: the sealed form is a number without the text, so that a store never has a token. */
export class MemoryLoginSealer implements LoginSealer {
  readonly ephemeral = 'this runtime has no key for logins';
  readonly #texts = new Map<string, Map<string, Secret>>();
  #count = 0;

  seal(text: Secret, context: SealContext): SealedText {
    const key = keyOf(context);
    const texts = this.#texts.get(key) ?? new Map<string, Secret>();
    this.#texts.set(key, texts);
    const iv = String((this.#count += 1));
    texts.set(iv, text);
    const [oldest] = texts.keys();
    if (texts.size > MAX_PER_RECORD && oldest !== undefined) texts.delete(oldest);
    return { kid: KEY_ID, iv, ct: '' };
  }

  open({ kid, iv }: SealedText, context: SealContext): Secret | undefined {
    return kid === KEY_ID ? this.#texts.get(keyOf(context))?.get(iv) : undefined;
  }
}

const keyOf = ({ tenant, record }: SealContext): string => `${tenant} ${record}`;
