import { signal } from '@preact/signals';

/** The view, its parts and its query, from the fragment of the address. */
export interface FragmentRoute {
  readonly view: string;
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  /** The fragment without `#`. */
  readonly path: string;
}

/** Parses `#/services/ledger/logs?q=a`. An undecodable part stays as it is. */
export function parseRoute(fragment: string): FragmentRoute {
  const text = fragment.replace(/^#/, '');
  const [path = '', query = ''] = text.split('?', 2);
  const parts = path.split('/').filter((part) => part !== '');
  const decoded = parts.map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { view: decoded[0] ?? 'overview', parts: decoded, query: new URLSearchParams(query), path: text };
}

/** The route of the page. */
export const route = signal<FragmentRoute>(parseRoute(''));

/** Returns the fragment of a service, a tab and an item. */
export const toServiceHref = (namespace: string, ...parts: readonly string[]): string =>
  ['#/services', namespace, ...parts].map((part, index) => (index === 0 ? part : encodeURIComponent(part))).join('/');

export function goTo(href: string): void {
  location.hash = href;
}

/** Replaces the route without an entry in the history, for filters that follow each key. */
export function replaceRoute(href: string): void {
  history.replaceState(null, '', href);
  route.value = parseRoute(href);
}

/** Follows the address. `?service=<namespace>` of older links becomes `#/services/<namespace>`. */
export function startRouting(): void {
  const service = new URLSearchParams(location.search).get('service');
  if (service !== null) history.replaceState(null, '', `${location.pathname}${toServiceHref(service)}`);
  const read = (): void => {
    route.value = parseRoute(location.hash);
  };
  addEventListener('hashchange', read);
  read();
}
