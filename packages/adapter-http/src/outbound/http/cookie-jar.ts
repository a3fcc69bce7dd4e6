const MAX_COOKIES = 32;
const MAX_COOKIE_LENGTH = 4_096;
const MAX_HEADER_LENGTH = 8_192;

/** A name or a value without characters that end it (RFC 6265 §4.1.1), in visible ASCII. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e"]*$/;

/**
 * Cookies of one origin for the time of a connection, so that a load balancer finds the instance again. Attributes besides
 * the expiry are ignored: the jar has one origin, and no page reads it.
 */
export class CookieJar {
  readonly #values = new Map<string, string>();
  #header: Readonly<Record<string, string>> = {};

  /** Stores the fields `Set-Cookie` of a response. Fields that break the rules, or exceed 32 cookies or 4 KiB, are ignored. */
  store(fields: string | readonly string[] | undefined): void {
    if (fields === undefined) return;
    for (const field of typeof fields === 'string' ? [fields] : fields) this.#storeOne(field);
    const text = [...this.#values].map(([name, value]) => `${name}=${value}`).join('; ');
    this.#header = text === '' || text.length > MAX_HEADER_LENGTH ? {} : { cookie: text };
  }

  headers(): Readonly<Record<string, string>> {
    return this.#header;
  }

  #storeOne(field: string): void {
    if (field.length > MAX_COOKIE_LENGTH) return;
    const [pair = '', ...attributes] = field.split(';');
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0)).trim();
    const value = pair.slice(at + 1).trim();
    if (!NAME.test(name) || !VALUE.test(value)) return;
    if (attributes.some(hasExpired)) this.#values.delete(name);
    else if (this.#values.has(name) || this.#values.size < MAX_COOKIES) this.#values.set(name, value);
  }
}

function hasExpired(attribute: string): boolean {
  const [name = '', value = ''] = attribute.split('=').map((part) => part.trim());
  if (/^max-age$/i.test(name)) return /^(-\d+|0+)$/.test(value);
  return /^expires$/i.test(name) && Date.parse(value) <= Date.now();
}
