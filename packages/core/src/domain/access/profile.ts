import type { GrantLimits } from './grant.ts';

/** Kinds of items that a profile shows or hides. Templates are `resource`. */
export type ItemKind = 'tool' | 'prompt' | 'resource';

/** Ways to offer tools: all in the list, pinned ones with a search for the others, or the search alone. */
export const DISCOVERIES = ['full', 'pinned', 'search'] as const;
/** How a profile offers its tools: all of them, some beside a search, or the search only. */
export type Discovery = (typeof DISCOVERIES)[number];

/** Rules of the names of a profile. `never` and `collision` differ when the profile is applied: `never` refuses a collision. */
export const PREFIXES = ['always', 'collision', 'never'] as const;
/** When the tool names of a profile have the prefix of their service. */
export type ProfilePrefix = (typeof PREFIXES)[number];

/** Credentials that a profile accepts: any, static tokens without metadata of an authorization server, or its access tokens. */
export const PROFILE_AUTHS = ['any', 'token', 'oauth'] as const;
export type ProfileAuth = (typeof PROFILE_AUTHS)[number];

/** The content of a profile. The patterns are globs with `*` only. It narrows the rights of its callers and never adds one. */
export interface ProfileSpec {
  /** Namespaces of the services. */
  readonly services: readonly string[];
  /** Patterns of `<namespace>/<tool>`. Without `allow` all tools of the services are in the profile. */
  readonly tools?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  /** Names of tools in this profile, by `<namespace>/<tool>`. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Default: true. */
  readonly prompts?: boolean;
  /** Resources and their templates. Default: true. */
  readonly resources?: boolean;
  /** `read`: the control tools that need `read` are in the profile. Default: none. */
  readonly controlTools?: 'none' | 'read';
  /** Replaces the instructions of the services. */
  readonly instructions?: string;
  /** Default: the names of `/mcp`. */
  readonly prefix?: ProfilePrefix;
  /** Default: full. */
  readonly discovery?: Discovery;
  /** Patterns of `<namespace>/<tool>`: tools that stay in the list when the others are found by search. */
  readonly pinned?: readonly string[];
  /** Maximum number of listed tools. A longer list is offered as `pinned`, and as `search` if that is too long as well. */
  readonly maxTools?: number;
  /** Limits of the calls of each principal through this profile, in addition to those of its grants. */
  readonly limits?: GrantLimits;
  /** Default: any. */
  readonly auth?: ProfileAuth;
}

/** A named view of services and tools, served at `/mcp/profiles/<name>`. Document `clarity.runtime/v1` of kind `Profile`. */
export interface Profile {
  readonly apiVersion: 'clarity.runtime/v1';
  readonly kind: 'Profile';
  readonly metadata: { readonly name: string; readonly title?: string };
  readonly spec: ProfileSpec;
}
