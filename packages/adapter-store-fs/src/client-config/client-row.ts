import type { ReferenceSyntax } from '@clarity-runtime/core/internal';
import type { ConfigScope } from '@clarity-runtime/core/ports';
import type { ClientEnvironment, PathOf } from './client-paths.ts';
import { jsonShape, type EntryShape, type ShapeOptions } from './entry-shapes.ts';

/** One AI client, or a gateway whose servers can be imported. */
export interface ClientRow {
  readonly client: string;
  readonly format: 'json' | 'jsonc' | 'json5' | 'toml' | 'yaml';
  /** Names of the members from the root to the servers. */
  readonly container: readonly string[];
  /** Paths of the configuration per scope. The first is the usual one. */
  readonly paths: Readonly<Partial<Record<ConfigScope, readonly PathOf[]>>>;
  /** A path that exists once the client was used. */
  readonly traces: PathOf;
  readonly references: ReferenceSyntax;
  /** Milliseconds of one unit of `timeout`; undefined if the client has no such member. */
  readonly timeoutUnitMs?: number;
  /** Shape of the entry of this gateway; undefined if it is written by hand. */
  readonly shape?: EntryShape;
  /** Next step for the user, as an instruction. */
  readonly next: string;
}

/** A client that `bootstrap` configures. */
export type BootstrapRow = ClientRow & {
  readonly shape: EntryShape;
  readonly format: Exclude<ClientRow['format'], 'json5'>;
};

export const isBootstrapRow = (row: ClientRow): row is BootstrapRow =>
  row.shape !== undefined && row.format !== 'json5';

/** Returns the paths of a scope for a user and machine. */
export const pathsOf = ({ paths }: ClientRow, scope: ConfigScope, environment: ClientEnvironment): readonly string[] =>
  (paths[scope] ?? []).map((path) => path(environment));

type MapRow = Omit<ClientRow, 'container' | 'format' | 'shape'> &
  Partial<Pick<ClientRow, 'container' | 'format'>> & { readonly shape?: ShapeOptions };

/** Returns the row of a client with JSON with comments and servers in `mcpServers`, unless it says otherwise. */
export const row = ({ container = ['mcpServers'], format = 'jsonc', shape, ...rest }: MapRow): ClientRow => ({
  container,
  format,
  ...rest,
  ...(shape === undefined ? {} : { shape: jsonShape(shape) }),
});

/** References to a variable in the spelling of clients. */
export const shellReference = (name: string): string => `\${${name}}`;
export const editorReference = (name: string): string => `\${env:${name}}`;
export const bracesReference = (name: string): string => `{env:${name}}`;
