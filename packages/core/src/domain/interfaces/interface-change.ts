/** Worst last. `suspicious`: a person should look, for it is what an attack would do. */
export const VERDICTS = ['compatible', 'breaking', 'suspicious'] as const;
export type Verdict = (typeof VERDICTS)[number];

export type ReasonCode =
  | 'ADDED'
  | 'REMOVED'
  | 'RENAMED'
  | 'TEXT_CHANGED'
  | 'IMPERATIVE_TEXT'
  | 'HIDDEN_CHARACTERS'
  | 'ENCODED_TEXT'
  | 'SECRET_ARGUMENT'
  | 'ANNOTATION_FLIPPED'
  | 'INSTRUCTIONS_CHANGED'
  | 'SCHEMA_WIDENED'
  | 'SCHEMA_RELAXED'
  | 'SCHEMA_NARROWED'
  | 'ARGUMENT_ADDED'
  | 'ARGUMENT_REQUIRED'
  | 'ARGUMENT_REMOVED'
  | 'RESULT_EXTENDED'
  | 'RESULT_CHANGED'
  | 'KIND_CHANGED'
  | 'UNREAD'
  | 'OTHER_CHANGED';

export interface ChangeReason {
  readonly code: ReasonCode;
  readonly verdict: Verdict;
  /** Where, as a dotted path in the definition; empty for the whole. */
  readonly where: string;
}

export type FeatureKind = 'tool' | 'prompt' | 'resource' | 'resourceTemplate' | 'instructions';

/** What became of one entry of an interface. */
export interface InterfaceChange {
  readonly kind: FeatureKind;
  /** Name of a tool or a prompt, URI of a resource, pattern of a template; empty for instructions. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed' | 'renamed';
  /** The name before, when it was renamed. */
  readonly from?: string;
  readonly verdict: Verdict;
  readonly reasons: readonly ChangeReason[];
}

export interface InterfaceDiff {
  /** Null when there was nothing to compare with. */
  readonly from: string | null;
  readonly to: string;
  readonly verdict: Verdict;
  /** Ordered by kind and name. */
  readonly changes: readonly InterfaceChange[];
}

/** Takes in one more thing that was found. */
export type Find = (code: ReasonCode, verdict: Verdict, where: string) => void;

export const worst = (verdicts: readonly Verdict[]): Verdict =>
  VERDICTS.findLast((verdict) => verdicts.includes(verdict)) ?? 'compatible';
