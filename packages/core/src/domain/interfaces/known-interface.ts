import { RawJson } from '../json/raw-json.ts';
import type { Definition, InterfaceSnapshot } from './interface-snapshot.ts';

/** The last interface that a service had, and the record that it belongs to. */
export interface KnownInterface {
  /** Digest of the manifest and the code of the service. */
  readonly digest: string;
  readonly snapshot: InterfaceSnapshot;
}

/** Largest document in characters. A larger interface is not kept. */
export const MAX_KNOWN_LENGTH = 16 * 1024 * 1024;

const VERSION = 1;
const LISTS = ['tools', 'resources', 'resourceTemplates', 'prompts'] as const;
const KEYS = { tools: 'name', prompts: 'name', resources: 'uri', resourceTemplates: 'uriTemplate' } as const;

type Members = Readonly<Record<string, unknown>>;

/** Returns the document of an interface; undefined above the largest length. Definitions keep every byte. */
export function encodeKnown({ digest, snapshot }: KnownInterface): string | undefined {
  const encoded = (definitions: readonly Definition[] = []): readonly object[] =>
    definitions.map(({ raw, forPages, ...known }) => ({
      ...known,
      raw: raw.text,
      ...(forPages === undefined ? {} : { forPages: forPages.text }),
    }));
  const lists = Object.fromEntries(LISTS.map((list) => [list, encoded(snapshot[list])]));
  const document = JSON.stringify({ version: VERSION, digest, snapshot: { ...snapshot, ...lists } });
  return document.length > MAX_KNOWN_LENGTH ? undefined : document;
}

/** Returns the interface of a document; undefined for a document of another version or form. */
export function decodeKnown(document: string): KnownInterface | undefined {
  if (document.length > MAX_KNOWN_LENGTH) return undefined;
  try {
    const { version, digest, snapshot } = Object(JSON.parse(document)) as Members;
    if (version !== VERSION || typeof digest !== 'string') return undefined;
    const members = Object(snapshot) as Members;
    const lists = LISTS.map((list) => [list, decodedList(members[list], KEYS[list])] as const);
    if (typeof members['interfaceRevision'] !== 'string' || typeof members['introspectedAt'] !== 'string')
      return undefined;
    return { digest, snapshot: { ...members, ...Object.fromEntries(lists) } as unknown as InterfaceSnapshot };
  } catch {
    return undefined;
  }
}

/** @throws TypeError or SyntaxError for an entry that is not a definition. */
function decodedList(given: unknown, key: string): readonly Definition[] {
  if (!Array.isArray(given)) throw new TypeError('a list is missing');
  return given.map((entry: unknown) => {
    const { raw, forPages, ...known } = Object(entry) as Members;
    if (typeof known[key] !== 'string') throw new TypeError('an entry has no name');
    const variant = forPages === undefined ? {} : { forPages: definitionOf(forPages) };
    return { ...known, raw: definitionOf(raw), ...variant };
  });
}

function definitionOf(text: unknown): RawJson {
  if (typeof text !== 'string') throw new TypeError('an entry has no definition');
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new TypeError('a definition is not an object');
  return RawJson.fromText(text);
}
