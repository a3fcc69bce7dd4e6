import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { Service } from '../../domain/services/service.ts';
import { listPages, strictest, type ListPages } from './list-pages.ts';

/**
 * Returns true if a template (RFC 6570) can expand to the URI: its literal parts occur in order.
 * Linear in the length of both.
 */
export function matchesTemplate(template: string, uri: string): boolean {
  const literals = literalsOf(template);
  const first = literals[0] ?? '';
  if (literals.length === 1) return uri === first;
  const last = literals.at(-1) ?? '';
  if (!uri.startsWith(first) || !uri.endsWith(last) || uri.length < first.length + last.length) return false;
  let at = first.length;
  for (const literal of literals.slice(1, -1)) {
    const found = uri.indexOf(literal, at);
    if (found < 0) return false;
    at = found + literal.length;
  }
  return at <= uri.length - last.length;
}

/** Returns the text between the expressions; its length is the count of the expressions plus one. */
function literalsOf(template: string): readonly string[] {
  const literals: string[] = [];
  let at = 0;
  for (;;) {
    const open = template.indexOf('{', at);
    const close = open < 0 ? -1 : template.indexOf('}', open);
    if (close < 0) return [...literals, template.slice(at)];
    literals.push(template.slice(at, open));
    at = close + 1;
  }
}

/** Resources of an endpoint: the service of each URI and the encoded lists. */
export interface ResourceTable {
  readonly pages: ListPages;
  readonly templatePages: ListPages;
  /** Services that may have the resource, most likely first; exactly one when a list contains the URI. */
  candidates(uri: string): readonly Service[];
  /** Returns the service that listed this template. */
  ofTemplate(uriTemplate: string): Service | undefined;
}

/** A service with the interface that contains its resources. */
export interface ServiceResources {
  readonly service: Service;
  readonly snapshot: InterfaceSnapshot;
}

/** Builds the table. The first service of `sources` that lists a URI owns it. */
export function resourceTable(sources: readonly ServiceResources[]): ResourceTable {
  const byUri = new Map<string, Service>();
  const byTemplate = new Map<string, Service>();
  const entries: string[] = [];
  const templates: string[] = [];
  for (const { service, snapshot } of sources) {
    for (const { uri, raw } of snapshot.resources) {
      if (byUri.has(uri)) continue;
      byUri.set(uri, service);
      entries.push(raw.text);
    }
    for (const { uriTemplate, raw } of snapshot.resourceTemplates ?? []) {
      if (byTemplate.has(uriTemplate)) continue;
      byTemplate.set(uriTemplate, service);
      templates.push(raw.text);
    }
  }
  const services = sources.map(({ service }) => service);
  return {
    pages: listPages('resources', entries, strictest(sources.map(({ snapshot }) => snapshot.hints?.resources))),
    templatePages: listPages(
      'resourceTemplates',
      templates,
      strictest(sources.map(({ snapshot }) => snapshot.hints?.resourceTemplates)),
    ),
    candidates: (uri) => {
      const listed = byUri.get(uri);
      if (listed !== undefined) return [listed];
      const matching = [...byTemplate]
        .filter(([template]) => matchesTemplate(template, uri))
        .map(([, service]) => service);
      return matching.length > 0 ? [...new Set(matching)] : services;
    },
    ofTemplate: (uriTemplate) => byTemplate.get(uriTemplate),
  };
}
