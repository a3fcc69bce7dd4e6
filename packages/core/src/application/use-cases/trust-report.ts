import { canonicalJson } from '../../domain/json/digest.ts';
import { environmentOf, originKind, originMember, type OriginKinds } from '../../domain/services/origin-kinds.ts';
import type { Manifest } from '../../domain/services/manifest.ts';
import { redactedManifest } from '../../domain/services/shown-manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import type { TrustedService } from '../../ports/inbound/trust-operations.ts';

/** Returns the effects of a service when it starts. Values of variables and of a URL's query are not included. */
export function trustedService(service: Service, kinds?: OriginKinds): TrustedService {
  const { serviceId, namespace, manifest, artifact, hold } = service;
  const { origin, enabled, autostart } = manifest.spec;
  const cwd = 'cwd' in origin ? origin.cwd : undefined;
  return {
    serviceId,
    namespace,
    type: origin.type,
    starts: enabled && autostart && hold === undefined,
    runs: shownTarget(service.manifest, kinds),
    ...(cwd === undefined ? {} : { cwd }),
    environment: environmentOf(origin, kinds).map(({ name }) => name),
    credentials: [...new Set(credentialsIn(origin))],
    ...(artifact === undefined ? {} : { artifact: artifact.wasmSha256 }),
  };
}

/** Returns the command, address or file of a service. Values of a URL's query are hidden; arguments are as in the manifest. */
export function shownTarget(manifest: Manifest, kinds?: OriginKinds): string {
  const { origin } = manifest.spec;
  const kind = originKind(origin.type, kinds);
  if ('command' in origin) return [origin.command, ...(origin.args ?? [])].map(quoted).join(' ');
  const url = originMember(origin, kind.url);
  if (typeof url === 'string') return redactedUrl(url);
  if (kinds?.has(origin.type) === false) return canonicalJson(redactedManifest(manifest, kinds).spec.origin);
  return kind.location(origin);
}

/** Words that a shell would split or expand are printed as JSON strings. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word));

function redactedUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  const query = [...url.searchParams.keys()].map((name) => `${encodeURIComponent(name)}=***`).join('&');
  return `${url.origin}${url.pathname}${query === '' ? '' : `?${query}`}`;
}

const REFERENCE_MEMBERS: ReadonlySet<string> = new Set(['authRef', 'secretRef']);
/** References inside text: `${secret:name}` and `${env:NAME}`. */
const EXPANSION = /\$\{((?:secret|env):[^{}]{1,512})\}/g;

/** Returns the references to credentials at any depth of an origin. */
function* credentialsIn(value: unknown, member = ''): Generator<string> {
  if (typeof value === 'string') {
    if (REFERENCE_MEMBERS.has(member)) yield value;
    for (const [, reference = ''] of value.matchAll(EXPANSION)) yield reference;
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) yield* credentialsIn(inner, name);
  }
}
