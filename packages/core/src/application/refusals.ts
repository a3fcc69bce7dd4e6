import { REFUSAL_NAMES, type RefusalName } from '../domain/audit/limit-name.ts';

/** Counts what the bounds of one runtime refuse, from its start on. Every name is there, those at zero too. */
export class Refusals {
  readonly #counts = new Map<RefusalName, number>(REFUSAL_NAMES.map((name) => [name, 0]));

  count(name: RefusalName): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  counts(): Readonly<Record<RefusalName, number>> {
    return Object.fromEntries(this.#counts) as Record<RefusalName, number>;
  }
}
