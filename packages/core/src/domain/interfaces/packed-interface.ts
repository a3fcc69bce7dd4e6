import { RawJson } from '../json/raw-json.ts';
import type { Comparable } from './interface-diff.ts';
import type { Definition } from './interface-snapshot.ts';

/** One definition: its name or URI, its JSON, and whether hidden characters were removed. */
export interface PackedEntry {
  readonly key: string;
  readonly json: Uint8Array;
  readonly cleaned: boolean;
  /** JSON of the definition for clients that show app pages. */
  readonly forPages?: Uint8Array;
}

/** An interface as plain data, which can pass to another thread. */
export interface PackedInterface {
  readonly interfaceRevision: string;
  readonly instructions: string | undefined;
  readonly tools: readonly PackedEntry[];
  readonly prompts: readonly PackedEntry[];
  readonly resources: readonly PackedEntry[];
  readonly resourceTemplates: readonly PackedEntry[];
}

const packed = ({ raw, cleaned, forPages }: Definition, key: string): PackedEntry => ({
  key,
  json: raw.bytes,
  cleaned: cleaned === true,
  ...(forPages === undefined ? {} : { forPages: forPages.bytes }),
});

const unpacked = ({ json, cleaned, forPages }: PackedEntry): Definition => ({
  raw: RawJson.fromBytes(json),
  ...(cleaned ? { cleaned: true } : {}),
  ...(forPages === undefined ? {} : { forPages: RawJson.fromBytes(forPages) }),
});

/** Returns the parts of an interface that a comparison reads. */
export const packInterface = (shown: Comparable): PackedInterface => ({
  interfaceRevision: shown.interfaceRevision,
  instructions: shown.instructions,
  tools: shown.tools.map((tool) => packed(tool, tool.name)),
  prompts: shown.prompts.map((prompt) => packed(prompt, prompt.name)),
  resources: shown.resources.map((resource) => packed(resource, resource.uri)),
  resourceTemplates: (shown.resourceTemplates ?? []).map((template) => packed(template, template.uriTemplate)),
});

/** Returns the interface of `packInterface`. */
export const unpackInterface = (data: PackedInterface): Comparable => ({
  interfaceRevision: data.interfaceRevision,
  ...(data.instructions === undefined ? {} : { instructions: data.instructions }),
  tools: data.tools.map((entry) => ({ name: entry.key, ...unpacked(entry) })),
  prompts: data.prompts.map((entry) => ({ name: entry.key, ...unpacked(entry) })),
  resources: data.resources.map((entry) => ({ uri: entry.key, ...unpacked(entry) })),
  resourceTemplates: data.resourceTemplates.map((entry) => ({ uriTemplate: entry.key, ...unpacked(entry) })),
});

/** Returns the bytes of the definitions and the characters of the instructions. */
export const interfaceSize = ({ instructions = '', ...lists }: Comparable): number =>
  [lists.tools, lists.prompts, lists.resources, lists.resourceTemplates ?? []]
    .flat()
    .reduce((sum, { raw, forPages }) => sum + raw.bytes.length + (forPages?.bytes.length ?? 0), instructions.length);
