import { sha256Hex } from '../json/digest.ts';
import { normalizeText } from '../text/normalize-text.ts';
import { transliterate } from '../text/transliterate.ts';
import type { ServiceRecord } from './service.ts';

/** Namespaces that a service cannot have: those of the runtime's tools, and names of members of JavaScript objects. */
export const RESERVED_NAMESPACES: ReadonlySet<string> = new Set([
  'runtime',
  'clarity',
  'system',
  '__proto__',
  'constructor',
  'prototype',
]);

/** Between the prefix of a service and the name of a tool on the shared endpoint. */
export const NAME_SEPARATOR = '__';

/** Names that begin like the tools of the runtime. No service has such a name on the shared endpoint. */
const RUNTIME_NAME = /^(?:runtime|clarity)__/i;

export const isRuntimeName = (name: string): boolean => RUNTIME_NAME.test(name);

/** Returns why a new service cannot have the namespace, as a hint; undefined if it can. */
export function namespaceProblem(namespace: string): string | undefined {
  if (RESERVED_NAMESPACES.has(namespace)) return 'set spec.toolNamespace, or --module, to another name';
  if (!namespace.includes(NAME_SEPARATOR)) return undefined;
  const free = namespace.replace(/_{2,}/g, '_');
  return `${NAME_SEPARATOR} separates namespace and tool: set spec.toolNamespace, or --module, to '${free}'`;
}

/** Characters of a text that become part of a namespace. A manifest has fewer; normalization makes up to 18 letters of one. */
const MAX_TEXT_LENGTH = 256;

/**
 * Returns a text as a namespace: ASCII letters in lower case and digits, each run of other characters as one `_`, without
 * leading and trailing `_`. A text with letters that have no counterpart in ASCII, or of more than 256 characters, gets a short
 * hash, so that two names do not become one; so does a text without letters and digits, unless it is empty, which becomes
 * `fallback`.
 */
export function normalizeNamespace(value: string, fallback = 'service'): string {
  const whole = value.trim();
  const isCut = whole.length > MAX_TEXT_LENGTH;
  const name = normalizeText(whole.slice(0, MAX_TEXT_LENGTH), 'NFC');
  const { text, isPartial } = transliterate(name);
  const normal = withoutEdges(text.replace(/[^a-z0-9_]+/g, '_'));
  if (normal !== '' && !isPartial && !isCut) return normal;
  // Symbols of ASCII alone have no identity to keep.
  if (normal === '' && !isCut && /^[\x20-\x7e]*$/.test(name)) return fallback;
  const hash = sha256Hex(isCut ? whole : name).slice(0, HASH_LENGTH);
  return [...(normal === '' ? ['n'] : [normal]), hash].join('_');
}

/** Returns the namespace of a manifest. */
export const namespaceOf = ({
  metadata,
  spec,
}: {
  readonly metadata: { readonly module: string };
  readonly spec: { readonly toolNamespace?: string };
}): string => normalizeNamespace(spec.toolNamespace ?? metadata.module);

const HASH_LENGTH = 6;

function withoutEdges(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === '_') start += 1;
  while (end > start && text[end - 1] === '_') end -= 1;
  return text.slice(start, end);
}

/** Returns the name with the first number behind it, from 2, that `isTaken` does not reject. */
export function freeNamespace(name: string, isTaken: (name: string) => boolean): string {
  for (let number = 2; ; number += 1) {
    const candidate = `${name}_${String(number)}`;
    if (!isTaken(candidate)) return candidate;
  }
}

/** A name that two services cannot share, and its field in the manifest. */
export interface NamespaceClaim {
  readonly name: string;
  readonly field: string;
  /** Replaces the advice of the error. */
  readonly hint?: string;
}

/** The right of one service to a name, as stored: its namespace, or its prefix on the shared endpoint. */
export interface ClaimRecord {
  readonly schema: 1;
  readonly name: string;
  readonly serviceId: string;
}

type Claimant = Pick<ServiceRecord, 'namespace' | 'manifest'>;

/**
 * Returns the prefix of the tool names of a service on the shared endpoint.
 * It has no `__`: a record of an older version that has one in its namespace keeps the namespace and gets this prefix.
 */
export function toolPrefix({ namespace, manifest }: Claimant): string {
  const prefix = manifest.spec.surface?.prefix;
  return promptPrefix({ namespace: prefix === undefined ? namespace : normalizeNamespace(prefix) });
}

/** Returns the prefix of the prompt names of a service on the shared endpoint. */
export const promptPrefix = ({ namespace }: Pick<Claimant, 'namespace'>): string => namespace.replace(/_{2,}/g, '_');

/** Returns the namespace, and the prefix of the tools if it differs. */
export function namespaceClaims(service: Claimant): readonly NamespaceClaim[] {
  const { namespace, manifest } = service;
  const field = manifest.spec.toolNamespace === undefined ? 'metadata.module' : 'spec.toolNamespace';
  const own = { name: namespace, field };
  const prefix = toolPrefix(service);
  if (prefix === namespace) return [own];
  if (manifest.spec.surface?.prefix === undefined) return [own, { name: prefix, field }];
  const hint = 'set spec.surface.prefix to an unused name, or remove it';
  return [own, { name: prefix, field: 'spec.surface.prefix', hint }];
}
