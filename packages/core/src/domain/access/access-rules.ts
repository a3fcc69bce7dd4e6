import { sha256Hex } from '../json/digest.ts';
import { Globs } from './glob.ts';
import { type Grant, type GrantLimits, type Verb, VERBS } from './grant.ts';
import type { ItemKind } from './profile.ts';

/** A service and one of its items, by the names of the upstream. */
export interface AccessTarget {
  readonly namespace: string;
  /** Name of a tool or of a prompt, or the URI of a resource or of a template. */
  readonly item?: string;
  /** Kind of the item; `tool` when absent. */
  readonly kind?: ItemKind;
}

interface Rule {
  readonly bits: number;
  readonly services: Globs;
  readonly items: Globs;
  readonly exceptServices: Globs;
  readonly exceptItems: Globs;
  readonly limits: GrantLimits | undefined;
  readonly text: string;
}

const BITS: Readonly<Record<Verb, number>> = Object.fromEntries(VERBS.map((verb, i) => [verb, 1 << i])) as Record<
  Verb,
  number
>;

/** Returns the bit set of verbs. */
export const bitsOf = (verbs: readonly Verb[]): number => verbs.reduce((bits, verb) => bits | BITS[verb], 0);

const ALL_BITS = bitsOf(VERBS);
const prepared = new WeakMap<readonly Grant[], AccessRules>();

/** Grants that are prepared for decisions: once per list of grants, not once per call. */
export class AccessRules {
  /** Verbs of any grant. */
  readonly some: number;
  /** Verbs of grants for every service and item. */
  readonly everywhere: number;
  /** Lists of grants with the same key give the same decisions at the same door. */
  readonly key: string;
  readonly #rules: readonly Rule[];
  readonly #scoped: readonly Rule[];
  readonly #limited: boolean;

  private constructor(grants: readonly Grant[]) {
    const rules = grants.map(ruleOf);
    this.some = rules.reduce((bits, rule) => bits | rule.bits, 0);
    const [wide, scoped] = [rules.filter(isWide), rules.filter((rule) => !isWide(rule))];
    this.everywhere = wide.reduce((bits, rule) => bits | rule.bits, 0);
    this.#scoped = scoped;
    this.#limited = rules.some(({ limits }) => limits !== undefined);
    const scopes = scoped.map(({ text }) => text).sort();
    const scope = scopes.length === 0 ? '' : `.${sha256Hex(scopes.join('\n')).slice(0, 32)}`;
    this.key = `${this.everywhere.toString(36)}${scope}`;
    this.#rules = rules;
  }

  static of(grants: readonly Grant[]): AccessRules {
    let rules = prepared.get(grants);
    if (rules === undefined) {
      rules = new AccessRules(grants);
      prepared.set(grants, rules);
    }
    return rules;
  }

  /** Returns the verbs that a target allows, as bits. Hot path: allocates nothing. */
  on(namespace: string, item: string | undefined): number {
    let bits = this.everywhere;
    if (bits === ALL_BITS) return bits;
    for (const rule of this.#scoped) if ((rule.bits & ~bits) !== 0 && covers(rule, namespace, item)) bits |= rule.bits;
    return bits;
  }

  /** Returns the limits of a call: those of the first grant that allows it, none if a grant without limits allows it. */
  limits(verb: Verb, namespace: string, item: string): GrantLimits | undefined {
    if (!this.#limited) return undefined;
    let found: GrantLimits | undefined;
    for (const rule of this.#rules) {
      if ((rule.bits & BITS[verb]) === 0 || !covers(rule, namespace, item)) continue;
      if (rule.limits === undefined) return undefined;
      found ??= rule.limits;
    }
    return found;
  }
}

function ruleOf({ verbs, services, tools, except = {}, limits }: Grant): Rule {
  const left = { services: except.services ?? [], tools: except.tools ?? [] };
  return {
    bits: bitsOf(verbs),
    services: new Globs(services),
    items: new Globs(tools),
    exceptServices: new Globs(left.services),
    exceptItems: new Globs(left.tools),
    limits,
    text: JSON.stringify([
      bitsOf(verbs),
      ...[services, tools, left.services, left.tools].map((list) => list.toSorted()),
    ]),
  };
}

const isWide = ({ services, items, exceptServices, exceptItems }: Rule): boolean =>
  services.isAll && items.isAll && exceptServices.isEmpty && exceptItems.isEmpty;

function covers(
  { services, items, exceptServices, exceptItems }: Rule,
  namespace: string,
  item: string | undefined,
): boolean {
  if (!services.matches(namespace) || exceptServices.matches(namespace)) return false;
  return item === undefined || (items.matches(item) && !exceptItems.matches(item));
}
