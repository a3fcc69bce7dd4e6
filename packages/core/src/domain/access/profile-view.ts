import { sha256Hex } from '../json/digest.ts';
import { bitsOf } from './access-rules.ts';
import { Globs } from './glob.ts';
import type { ItemKind, Profile } from './profile.ts';

/** Namespace by which grants and profiles know the control tools. */
export const CONTROL_NAMESPACE = 'runtime';

/** A profile is for the use of services: no other verb passes it. */
const USE = bitsOf(['read', 'call']);
const views = new WeakMap<Profile, ProfileView>();

/** A profile that is prepared for decisions: once per stored version, not once per call. */
export class ProfileView {
  readonly profile: Profile;
  /** Profiles with the same key show the same items under the same names. */
  readonly key: string;
  /** Verbs that the profile passes for some service. */
  readonly some = USE;
  readonly #services: Globs;
  readonly #allow: Globs | undefined;
  readonly #deny: Globs;
  readonly #pinned: Globs;

  private constructor(profile: Profile) {
    const { services, tools = {}, pinned = [] } = profile.spec;
    this.profile = profile;
    this.key = sha256Hex(JSON.stringify(profile.spec)).slice(0, 32);
    this.#services = new Globs(services);
    this.#allow = tools.allow === undefined ? undefined : new Globs(tools.allow);
    this.#deny = new Globs(tools.deny ?? []);
    this.#pinned = new Globs(pinned);
  }

  static of(profile: Profile): ProfileView {
    let view = views.get(profile);
    if (view === undefined) {
      view = new ProfileView(profile);
      views.set(profile, view);
    }
    return view;
  }

  /** Returns the verbs that the profile passes for a service or for one of its items, as bits. */
  on(namespace: string, kind: ItemKind, item: string | undefined): number {
    const { controlTools, prompts, resources } = this.profile.spec;
    const isControl = namespace === CONTROL_NAMESPACE;
    if (isControl ? controlTools !== 'read' : !this.#services.matches(namespace)) return 0;
    if (item === undefined) return USE;
    if (kind === 'prompt') return prompts === false ? 0 : USE;
    if (kind === 'resource') return resources === false ? 0 : USE;
    const path = `${namespace}/${item}`;
    const isIn = isControl || this.#allow === undefined || this.#allow.matches(path);
    return isIn && !this.#deny.matches(path) ? USE : 0;
  }

  /** Returns whether a tool stays in the list when the others are found by search. */
  isPinned(namespace: string, tool: string): boolean {
    return this.#pinned.matches(`${namespace}/${tool}`);
  }
}

/** The profile of a caller. `view` is the stored version of this moment; undefined after its removal, and nothing is allowed then. */
export interface ProfileBinding {
  readonly name: string;
  readonly view: ProfileView | undefined;
}
