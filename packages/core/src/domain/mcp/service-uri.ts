import { piecesOf } from './uri-template.ts';

/** URIs on the shared endpoint that name their service: `clarity://<namespace>/<percent-encoded uri>`, `ui://<namespace>/<rest>`. */

const SERVICE_SCHEME = 'clarity://';
const PAGE_SCHEME = 'ui://';
/** Before the percent-encoded form of a page URI without an authority, and of one whose rest begins with this mark. */
const ENCODED = '~';
const SERVICE_URI = /^(clarity|ui):\/\/([a-z0-9_]+)\/([^]*)$/;

/** A service, by namespace, and the URI that it knows. */
export interface ServiceUri {
  readonly namespace: string;
  readonly uri: string;
}

/** Returns true for a URI of an app page (SEP-1865). */
export const isPageUri = (uri: string): boolean => /^ui:/i.test(uri);

/** Returns true for a URI whose scheme only the runtime may use on the shared endpoint. */
export const isReservedUri = (uri: string): boolean => /^clarity:/i.test(uri);

/** Returns the URI of a service in the form that names the service. */
export function toServiceUri({ namespace, uri }: ServiceUri): string {
  if (!isPageUri(uri)) return `${SERVICE_SCHEME}${namespace}/${encoded(uri)}`;
  const rest = uri.startsWith(PAGE_SCHEME) ? uri.slice(PAGE_SCHEME.length) : ENCODED;
  return `${PAGE_SCHEME}${namespace}/${rest.startsWith(ENCODED) ? `${ENCODED}${encoded(uri)}` : rest}`;
}

/** Returns the service and the URI that a URI names; undefined for another form. */
export function fromServiceUri(text: string): ServiceUri | undefined {
  const [, scheme, namespace = '', rest = ''] = SERVICE_URI.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  const isRaw = scheme === 'ui' && !rest.startsWith(ENCODED);
  const uri = isRaw ? `${PAGE_SCHEME}${rest}` : decoded(scheme === 'ui' ? rest.slice(ENCODED.length) : rest);
  return uri === undefined ? undefined : { namespace, uri };
}

/** Like `toServiceUri` for a template (RFC 6570): its literals are encoded and its expressions stay. */
export function toServiceTemplate(namespace: string, template: string): string {
  if (template.startsWith(PAGE_SCHEME)) return `${PAGE_SCHEME}${namespace}/${template.slice(PAGE_SCHEME.length)}`;
  const pieces = piecesOf(template).map((piece, at) => (at % 2 === 0 ? encoded(piece) : piece));
  return `${SERVICE_SCHEME}${namespace}/${pieces.join('')}`;
}

/** A lone surrogate has no UTF-8: U+FFFD replaces it. */
const encoded = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
