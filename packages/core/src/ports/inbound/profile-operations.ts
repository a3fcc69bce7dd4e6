import type { Caller } from '../../domain/access/caller.ts';
import type { ProfileBinding } from '../../domain/access/profile-view.ts';
import type { Discovery, Profile } from '../../domain/access/profile.ts';

/** One tool of a profile. `isListed` is false for a tool that clients find by search. */
export interface PreviewedTool {
  readonly name: string;
  readonly namespace: string;
  /** Name at the service. */
  readonly tool: string;
  readonly isListed: boolean;
}

/** The view that a client with the verbs `read` and `call` has of a profile now. */
export interface ProfilePreview {
  readonly profile: string;
  /** `maxTools` may have replaced that of the profile. */
  readonly discovery: Discovery;
  /** By name. The search tools are not among them. */
  readonly tools: readonly PreviewedTool[];
  /** Size of the list of tools in bytes of UTF-8. */
  readonly listBytes: number;
}

/**
 * Profiles: named views of services and tools. Every operation except `bind` needs the grant `admin`.
 * @throws ClarityError GRANT_REQUIRED, PROFILE_INVALID with the field, PROFILE_NOT_FOUND, PROFILE_IN_USE with the tokens, or
 * STORE_UNAVAILABLE.
 */
export interface ProfileOperations {
  /** Returns all profiles by name. */
  list(caller: Caller): Promise<readonly Profile[]>;
  get(caller: Caller, name: string): Promise<Profile>;
  /** Creates a profile, or replaces the one of the same name: open sessions have the new view at once. */
  apply(caller: Caller, profile: Profile): Promise<Profile>;
  /** Removes a profile that no active token is bound to. Open sessions see nothing from then on. */
  remove(caller: Caller, name: string): Promise<void>;
  preview(caller: Caller, name: string): Promise<ProfilePreview>;
  /** Returns the profile for `Caller.profile`. It has the stored version of each moment; none for an unknown name. */
  bind(name: string): ProfileBinding;
}
