import type { LimitName } from '../audit/limit-name.ts';
import type { ErrorCode } from '../errors/error-table.ts';
import { integer, object, text, type JsonSchema } from './schema-parts.ts';

declare const value: unique symbol;

/** The schema of a knob. `T` is the type of its value; it exists at compile time only. */
type KnobSchema<T> = JsonSchema & { readonly [value]?: T };

/** Lists of a policy, by the names of a service that they contain. */
export type NameRuleKind = 'tools' | 'prompts' | 'resources';

/** Facts of a denied call, safe to show. */
export interface DenialFacts {
  /** The tool, prompt or resource. */
  readonly tool: string;
  readonly requestBytes: number;
  /** The document that has the limit, for example `spec.policy`. */
  readonly where: string;
  /** The value of the knob that is exceeded, if it is a number. */
  readonly bound: number | undefined;
}

/** How the gateway denies a call before it reaches the service. */
export interface KnobDenial {
  readonly code: ErrorCode;
  /** The counter of the denials. */
  readonly limit: LimitName;
  /** The knob whose smallest value names the document to change; the knob itself if absent. */
  readonly comparedBy?: 'maxConcurrency';
  readonly message: (facts: DenialFacts) => string;
  /** First half of the hint; how to change the document follows. */
  readonly hint: string;
}

/** One setting of a policy. */
export interface PolicyKnob {
  /**
   * `call`: a limit of single calls; the value of a tool replaces the one of its service.
   * `service`: counts calls together, or applies to the service; a value of a tool applies in addition.
   */
  readonly scope: 'call' | 'service';
  /** How two policies combine: the smaller number (of a rate each number), every name of both, only names of both. */
  readonly merge: 'min' | 'union' | 'intersection';
  readonly unit: 'ms' | 'bytes' | 'calls' | 'calls per minute' | NameRuleKind;
  /** The names that a list admits or denies. */
  readonly names?: NameRuleKind;
  readonly schema: KnobSchema<unknown>;
  /** Absent for a limit that the connection enforces while the call runs. */
  readonly denial?: KnobDenial;
}

const count = (minimum: number, maximum: number): KnobSchema<number> => integer(minimum, maximum);

const rate: KnobSchema<{ readonly perMinute: number; readonly burst?: number }> = object(['perMinute'], {
  perMinute: integer(1, 60_000),
  burst: integer(1, 10_000),
});
const toolNames: KnobSchema<readonly string[]> = { type: 'array', minItems: 1, maxItems: 1024, items: text(256) };
const resourceUris: KnobSchema<readonly string[]> = { type: 'array', minItems: 1, maxItems: 1024, items: text(2048) };

/** Returns the row of a list of the only names that are admitted. */
const allowed = <K extends NameRuleKind>(names: K, word: string, code: ErrorCode, knob: string) =>
  ({
    scope: 'service',
    merge: 'intersection',
    unit: names,
    names,
    denial: {
      code,
      limit: 'call.denied',
      message: ({ tool, where }: DenialFacts) => `${word} '${tool}' is not in ${knob} of ${where}`,
      hint: 'add it to the list',
    },
  }) as const;

/** Returns the row of a list of names that are denied. */
const denied = <K extends NameRuleKind>(names: K, word: string, code: ErrorCode, knob: string) =>
  ({
    scope: 'service',
    merge: 'union',
    unit: names,
    names,
    denial: {
      code,
      limit: 'call.denied',
      message: ({ tool, where }: DenialFacts) => `${word} '${tool}' is denied by ${knob} of ${where}`,
      hint: 'remove it from the list',
    },
  }) as const;

const busy: KnobDenial = {
  code: 'SERVICE_BUSY',
  limit: 'call.queue_full',
  comparedBy: 'maxConcurrency',
  message: ({ where }) => `maxConcurrency and queue of ${where} are exhausted`,
  hint: 'try again, or raise them',
};

/**
 * Every knob of a policy. The types and schemas of manifests and policies, the merging of policies and the words of denials
 * follow from it. A new knob needs a row here, the stage that enforces it, and its schema in the HTTP contract.
 */
export const POLICY_KNOBS = {
  /** Total milliseconds of a call; milliseconds between two messages of the service if `maxTimeoutMs` is larger. */
  timeoutMs: { scope: 'call', merge: 'min', unit: 'ms', schema: count(10, 600_000) },
  /** Milliseconds without a message of the service. */
  idleTimeoutMs: { scope: 'call', merge: 'min', unit: 'ms', schema: count(10, 600_000) },
  /** Total milliseconds of a call, progress or not. */
  maxTimeoutMs: { scope: 'call', merge: 'min', unit: 'ms', schema: count(10, 3_600_000) },
  maxRequestBytes: {
    scope: 'call',
    merge: 'min',
    unit: 'bytes',
    schema: count(1024, 10_485_760),
    denial: {
      code: 'PAYLOAD_TOO_LARGE',
      limit: 'call.too_large',
      message: ({ requestBytes, where, bound }) =>
        `the request has ${String(requestBytes)} bytes; maxRequestBytes of ${where} is ${String(bound)}`,
      hint: 'send less, or raise the limit',
    },
  },
  maxResponseBytes: { scope: 'call', merge: 'min', unit: 'bytes', schema: count(1024, 10_485_760) },
  maxConcurrency: { scope: 'service', merge: 'min', unit: 'calls', schema: count(1, 256), denial: busy },
  /** Number of calls that may wait for a free slot; 0 denies them immediately. */
  queue: { scope: 'service', merge: 'min', unit: 'calls', schema: count(0, 1024), denial: busy },
  rate: {
    scope: 'service',
    merge: 'min',
    unit: 'calls per minute',
    schema: rate,
    denial: {
      code: 'RATE_LIMITED',
      limit: 'call.over_rate',
      message: ({ where }) => `rate of ${where} is exhausted`,
      hint: 'try again in a moment, or raise it',
    },
  },
  allowTools: { ...allowed('tools', 'tool', 'TOOL_BLOCKED', 'allowTools'), schema: toolNames },
  denyTools: { ...denied('tools', 'tool', 'TOOL_BLOCKED', 'denyTools'), schema: toolNames },
  allowPrompts: { ...allowed('prompts', 'prompt', 'PROMPT_BLOCKED', 'allowPrompts'), schema: toolNames },
  denyPrompts: { ...denied('prompts', 'prompt', 'PROMPT_BLOCKED', 'denyPrompts'), schema: toolNames },
  /** URIs and URI templates (RFC 6570) of the service. A template also names every URI that it can expand to. */
  allowResources: { ...allowed('resources', 'resource', 'RESOURCE_BLOCKED', 'allowResources'), schema: resourceUris },
  denyResources: { ...denied('resources', 'resource', 'RESOURCE_BLOCKED', 'denyResources'), schema: resourceUris },
} as const satisfies Readonly<Record<string, PolicyKnob>>;

type Knobs = typeof POLICY_KNOBS;

/** Name of a setting in `spec.policy`. */
export type PolicyKnobName = keyof Knobs;

/** The settings of a policy; an absent one has the default of the runtime. */
export type KnobValues = {
  readonly [Name in PolicyKnobName]?: Knobs[Name]['schema'] extends KnobSchema<infer T> ? T : never;
};

/** Knobs whose rows have the given members. */
export type KnobsWith<Shape> = { [Name in PolicyKnobName]: Knobs[Name] extends Shape ? Name : never }[PolicyKnobName];

/** A knob that can deny a call. */
export type PolicyRule = KnobsWith<{ readonly denial: KnobDenial }>;

/** Returns the names of the knobs that a test selects, in the order of the table. */
export const knobNames = (isSelected: (knob: PolicyKnob) => boolean): readonly PolicyKnobName[] =>
  (Object.keys(POLICY_KNOBS) as PolicyKnobName[]).filter((name) => isSelected(POLICY_KNOBS[name]));
