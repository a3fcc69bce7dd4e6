import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, sep } from 'node:path';
import { makeOwnFolder, ownFiles, STATE_FOLDER } from '@clarity-runtime/adapter-store-fs';
import { sha256Hex, type FoundServer, type PlannedServer, type ValueTemplate } from '@clarity-runtime/core/internal';
import { z } from 'zod';
import { CliError } from '../support/cli-error.ts';
import { plannedOf } from './package-launch.ts';
import type { GivenValues } from './install-values.ts';
import { zipEntries, type ZipEntry } from './zip-archive.ts';

export const MAX_BUNDLE_BYTES = 200 * 1024 * 1024;
const LIMITS = { maxEntryCount: 20_000, maxBytes: 1024 * 1024 * 1024 };
const MAX_MANIFEST_BYTES = 1024 * 1024;

const text = z.string().max(4_096);
const words = z.array(text).max(128);
const variables = z.record(z.string(), text);
const launch = z.object({ command: text, args: words.default([]), env: variables.default({}) });
/** Without defaults, which would replace the members of the base. */
const override = z.object({ command: text.optional(), args: words.optional(), env: variables.optional() });
const option = z.object({
  type: z.string().default('string'),
  title: text.optional(),
  description: text.optional(),
  required: z.boolean().default(false),
  sensitive: z.boolean().default(false),
  multiple: z.boolean().default(false),
  default: z.union([text, z.number(), z.boolean(), z.array(text)]).optional(),
});
const manifest = z.object({
  name: z.string().min(1).max(200),
  version: text.optional(),
  description: text.optional(),
  server: z.object({
    type: z.enum(['node', 'python', 'binary', 'uv']),
    entry_point: text,
    mcp_config: launch.extend({ platform_overrides: z.record(z.string(), override).default({}) }),
  }),
  user_config: z.record(z.string(), option).default({}),
  compatibility: z.object({ platforms: z.array(z.string()).optional() }).optional(),
});

/** The manifest of an MCP bundle (mcpb, manifest 0.3). */
export type BundleManifest = z.infer<typeof manifest>;

/** A bundle that was read and checked, but not unpacked. */
export interface OpenBundle {
  readonly manifest: BundleManifest;
  readonly entries: readonly ZipEntry[];
  readonly sha256: string;
}

/**
 * Reads a bundle of at most 200 MiB, 20,000 entries and 1 GiB of files.
 * @throws CliError when it is not a bundle, has another digest than expected, or is for other platforms.
 */
export function openBundle(bytes: Uint8Array, expected?: string, platform: string = process.platform): OpenBundle {
  const sha256 = sha256Hex(bytes);
  if (expected !== undefined && expected.toLowerCase() !== sha256) {
    throw new CliError(`the bundle is refused: its SHA-256 is ${sha256}, not ${expected}`);
  }
  const entries = zipEntries(bytes, LIMITS);
  const file = entries.find(({ path }) => path === 'manifest.json');
  if (file === undefined || file.size > MAX_MANIFEST_BYTES)
    throw new CliError('the bundle is refused: it has no manifest.json');
  const read = manifest.safeParse(jsonOf(file.read()));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new CliError(
      `the manifest of the bundle is not valid: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  const { platforms } = read.data.compatibility ?? {};
  if (platforms !== undefined && !platforms.includes(platform)) {
    throw new CliError(`the bundle is for ${platforms.join(', ')}, not for ${platform}`);
  }
  return { manifest: read.data, entries, sha256 };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    ) as unknown;
  } catch {
    return undefined;
  }
}

/** Returns the folder of a bundle in a workspace. */
export const bundleFolder = (cwd: string, { sha256 }: OpenBundle): string => join(cwd, STATE_FOLDER, 'bundles', sha256);

/** Unpacks a bundle below `.clarity/bundles`. No element of the paths is a link. A second unpacking writes the same files. */
export async function unpackBundle(cwd: string, bundle: OpenBundle): Promise<void> {
  const folder = bundleFolder(cwd, bundle);
  const files = ownFiles(cwd);
  const made = new Set<string>();
  for (const entry of bundle.entries) {
    const path = join(folder, ...entry.path.split('/'));
    if (!made.has(dirname(path))) await makeOwnFolder(cwd, dirname(path), files);
    made.add(dirname(path));
    await files.remove(path);
    await writeFile(path, entry.read(), { flag: 'wx', mode: 0o600 });
    if (entry.isExecutable || bundle.manifest.server.type === 'binary') await chmod(path, 0o700);
  }
}

/** Returns the server of a bundle in its folder. */
export function bundleServer(
  bundle: OpenBundle,
  server: FoundServer,
  {
    folder,
    home,
    given,
    platform = process.platform,
  }: {
    readonly folder: string;
    readonly home: string;
    readonly given: GivenValues;
    readonly platform?: string;
  },
): PlannedServer {
  const {
    server: { type, mcp_config: base },
    user_config: options,
  } = bundle.manifest;
  const own = Object.hasOwn(base.platform_overrides, platform) ? base.platform_overrides[platform] : undefined;
  const { command = base.command, args = base.args } = own ?? {};
  const env = { ...base.env, ...own?.env };
  const places = new Map<string, string>([
    ['__dirname', folder],
    ['HOME', home],
    ...['DESKTOP', 'DOCUMENTS', 'DOWNLOADS'].map((name): [string, string] => [
      name,
      join(home, name.charAt(0) + name.slice(1).toLowerCase()),
    ]),
    ['pathSeparator', sep],
    ['/', sep],
  ]);
  const fill = (value: string): readonly ValueTemplate[] => filledValues(value, { places, options, given });
  const joined = (value: string): ValueTemplate =>
    fill(value).flatMap((part, at) => (at === 0 ? part : [{ type: 'text' as const, text: delimiter }, ...part]));
  const program = joined(command)
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('');
  const isNode = type === 'node' && /^node(?:\.exe)?$/.test(program);
  return plannedOf(server, {
    isRemote: false,
    head: [{ type: 'text', text: isNode ? process.execPath : program }],
    args: args.flatMap(fill),
    pairs: Object.entries(env)
      .map(([name, value]) => ({ name, value: joined(value) }))
      .filter(({ value }) => value.length > 0),
    cwd: folder,
  });
}

interface Fill {
  readonly places: ReadonlyMap<string, string>;
  readonly options: BundleManifest['user_config'];
  readonly given: GivenValues;
}

/** Returns a value with its `${…}` replaced. An option of several values that is the whole text becomes several values. */
function filledValues(value: string, { places, options, given }: Fill): readonly ValueTemplate[] {
  const whole = /^\$\{user_config\.([\w-]+)\}$/.exec(value)?.[1];
  const list = whole === undefined || !Object.hasOwn(options, whole) ? undefined : options[whole];
  if (whole !== undefined && list?.multiple === true && !given.has(whole) && Array.isArray(list.default)) {
    return list.default.map((item) => textTemplate(item, places));
  }
  const parts = value.split(/(\$\{[^{}]+\})/).filter((part) => part !== '');
  const template = parts.flatMap((part): ValueTemplate => {
    const name = /^\$\{(.+)\}$/.exec(part)?.[1];
    const place = name === undefined ? undefined : places.get(name);
    if (place !== undefined) return [{ type: 'text', text: place }];
    const key = name?.startsWith('user_config.') === true ? name.slice('user_config.'.length) : undefined;
    if (key === undefined || !Object.hasOwn(options, key)) return [{ type: 'text', text: part }];
    return optionTemplate(key, { places, options, given });
  });
  return whole !== undefined && template.length === 0 ? [] : [template];
}

const textTemplate = (value: string, places: ReadonlyMap<string, string>): ValueTemplate => [
  { type: 'text', text: value.replace(/\$\{([^{}]+)\}/g, (written, name: string) => places.get(name) ?? written) },
];

function optionTemplate(key: string, { places, options, given }: Fill): ValueTemplate {
  const { sensitive = false, required = false, default: fallback, title, description } = options[key] ?? {};
  const answer = given.get(key) ?? (fallback === undefined ? undefined : String(fallback));
  if (answer !== undefined && answer !== '') {
    return sensitive ? [{ type: 'secret', name: key, value: answer }] : textTemplate(answer, places);
  }
  if (!required) return [];
  const words = (description ?? title)?.slice(0, 200);
  return [
    { type: 'need', need: { name: key, isSecret: sensitive, ...(words === undefined ? {} : { description: words }) } },
  ];
}
