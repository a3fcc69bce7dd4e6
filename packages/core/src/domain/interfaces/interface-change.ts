/** Verdicts in ascending severity. `suspicious`: an attack makes such changes, so an operator should review it. */
export const VERDICTS = ['compatible', 'breaking', 'suspicious'] as const;
/** Severity of a change. */
export type Verdict = (typeof VERDICTS)[number];

/** Reason of a verdict. Published in the API and in events. */
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

/** One finding in a changed definition. */
export interface ChangeReason {
  readonly code: ReasonCode;
  readonly verdict: Verdict;
  /** Dotted path in the definition; empty for the whole definition. */
  readonly where: string;
}

/** Kind of an interface entry. */
export type FeatureKind = 'tool' | 'prompt' | 'resource' | 'resourceTemplate' | 'instructions';

/** Change of one entry of an interface. */
export interface InterfaceChange {
  readonly kind: FeatureKind;
  /** Name of a tool or a prompt, URI of a resource, URI template of a template; empty for instructions. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed' | 'renamed';
  /** The previous name of a renamed entry. */
  readonly from?: string;
  readonly verdict: Verdict;
  readonly reasons: readonly ChangeReason[];
}

/** Difference of two interface revisions. */
export interface InterfaceDiff {
  /** Null without an earlier interface. */
  readonly from: string | null;
  readonly to: string;
  readonly verdict: Verdict;
  /** Ordered by kind and name. */
  readonly changes: readonly InterfaceChange[];
}

/** Receives one finding. */
export type Find = (code: ReasonCode, verdict: Verdict, where: string) => void;

/** Returns the most severe verdict; `compatible` for an empty list. */
export const worst = (verdicts: readonly Verdict[]): Verdict =>
  VERDICTS.findLast((verdict) => verdicts.includes(verdict)) ?? 'compatible';
