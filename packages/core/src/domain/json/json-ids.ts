/**
 * Numbers of JSON values: equal values have equal numbers, whatever the order of their members. Each object is read once, so
 * that the comparison of all levels of two values is linear in their size. An undefined value equals null.
 */
export class JsonIds {
  readonly #byText = new Map<string, number>();
  readonly #byObject = new WeakMap<object, number>();

  of(value: unknown): number {
    if (typeof value !== 'object' || value === null) return this.#idOf(JSON.stringify(value ?? null));
    const known = this.#byObject.get(value);
    if (known !== undefined) return known;
    const id = this.#idOf(Array.isArray(value) ? this.#arrayKey(value) : this.#objectKey(value));
    this.#byObject.set(value, id);
    return id;
  }

  isSame(a: unknown, b: unknown): boolean {
    return a === b || this.of(a) === this.of(b);
  }

  #arrayKey(items: readonly unknown[]): string {
    return `[${items.map((item) => this.of(item)).join(',')}`;
  }

  #objectKey(object: object): string {
    const members = Object.entries(object).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${String(this.of(member))}`).join(',')}`;
  }

  #idOf(key: string): number {
    const known = this.#byText.get(key);
    if (known !== undefined) return known;
    this.#byText.set(key, this.#byText.size);
    return this.#byText.size - 1;
  }
}
