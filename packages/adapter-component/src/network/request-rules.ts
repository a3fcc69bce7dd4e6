import type { NetworkGrant } from '@clarity-runtime/core/ports';

/** Port that a scheme uses without a written one. */
const PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** Returns why a grant does not allow a request, or undefined when it does. */
export function refusalOfRequest({ hosts, methods }: NetworkGrant, method: string, url: URL): string | undefined {
  const standard = PORTS[url.protocol];
  if (standard === undefined) return 'its scheme is not http or https';
  if (url.username !== '' || url.password !== '') return 'its URL has user information';
  if (!methods.includes(method)) return `spec.capabilities.network.methods does not have ${method}`;
  const host = url.hostname.replace(/\.$/, '');
  const allowed = hosts.some((rule) => isHostOf(rule, host, url.port === '' ? standard : url.port));
  return allowed ? undefined : `spec.capabilities.network.hosts does not have ${url.host}`;
}

function isHostOf(rule: string, host: string, port: string): boolean {
  const [name = '', wanted] = rule.split(':');
  if (wanted === undefined ? port !== '80' && port !== '443' : port !== wanted) return false;
  return name.startsWith('*.') ? host.endsWith(name.slice(1)) && host.length >= name.length : host === name;
}

/** Header fields of the connection, which the runtime sets (RFC 9110 §7.6.1, RFC 9112 §6). */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  ...['connection', 'content-length', 'expect', 'host', 'http2-settings', 'keep-alive', 'proxy-authenticate'],
  ...['proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Returns why a guest may not set a header field (RFC 9110 §5.1, §5.5), or undefined when it may. */
export function refusalOfField(name: string, value = ''): 'invalid-syntax' | 'forbidden' | undefined {
  if (!TOKEN.test(name) || !VALUE.test(value)) return 'invalid-syntax';
  return OWN_FIELDS.has(name.toLowerCase()) ? 'forbidden' : undefined;
}
