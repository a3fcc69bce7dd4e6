import type { InterfaceSnapshot } from '../interfaces/interface-snapshot.ts';
import { closestName } from '../text/closest-name.ts';
import { toPrintableAscii } from '../text/safe-text.ts';
import { NAME_SEPARATOR } from '../services/namespace.ts';
import type { EffectivePolicy } from './effective-policy.ts';
import type { Policy } from './policy.ts';
import { namesContent } from './policy-verdict.ts';
import type { NameRuleKind } from '../services/policy-knobs.ts';

/** Maximum number of warnings about one service. */
const MAX_WARNINGS = 20;

type Offered = Pick<InterfaceSnapshot, 'tools' | 'prompts' | 'resources' | 'faults'>;

/**
 * Returns a sentence for each name of `spec.policy` that the service does not offer, and for each policy that admits nothing
 * of a list. A named policy is shared by services, so that single names of it may be those of another one. A list that
 * could not be read, and resources that templates can name, are not compared.
 */
export function policyWarnings({ sources }: EffectivePolicy, offered: Offered, prefix: string): readonly string[] {
  const found: string[] = [];
  for (const { where, isDefault, policy } of sources) {
    if (isDefault === true) continue;
    for (const kind of ['tools', 'prompts', 'resources'] as const) {
      if (offered.faults?.some(({ list, outcome }) => list === kind && outcome === 'failed') === true) continue;
      const names = namesOf(offered, kind);
      if (where === 'spec.policy' && kind !== 'resources') found.push(...unknownNames({ policy, kind, names, prefix }));
      if (names.length > 0 && names.every((name) => !admits(policy, kind, name))) {
        found.push(`${where} allows none of the ${String(names.length)} ${kind} of the service`);
      }
    }
  }
  return found.slice(0, MAX_WARNINGS);
}

interface Comparison {
  readonly policy: Policy;
  readonly kind: 'tools' | 'prompts';
  readonly names: readonly string[];
  readonly prefix: string;
}

function unknownNames({ policy, kind, names, prefix }: Comparison): string[] {
  const known = new Set(names);
  const word = kind === 'tools' ? 'tool' : 'prompt';
  return listsOf(policy, kind).flatMap(([knob, listed]) =>
    [...listed]
      .filter((name) => !known.has(name))
      .map((name) => {
        const bare = name.startsWith(`${prefix}${NAME_SEPARATOR}`)
          ? name.slice(prefix.length + NAME_SEPARATOR.length)
          : name;
        const meant = known.has(bare) ? bare : closestName(bare, names);
        const advice = meant === undefined ? '' : `; did you mean '${toPrintableAscii(meant)}'?`;
        return `${knob} of spec.policy names '${toPrintableAscii(name)}', which is not a ${word} of the service${advice}`;
      }),
  );
}

/** Returns the lists of names of a policy, by the name of their knob. */
function listsOf(policy: Policy, kind: 'tools' | 'prompts'): readonly (readonly [string, Iterable<string>])[] {
  if (kind === 'tools') {
    return [
      ['allowTools', policy.allow ?? []],
      ['denyTools', policy.deny],
      ['tools', policy.tools.keys()],
    ];
  }
  return [...policy.prompts.allow.map((each) => ['allowPrompts', each] as const), ['denyPrompts', policy.prompts.deny]];
}

function admits(policy: Policy, kind: NameRuleKind, name: string): boolean {
  if (kind === 'tools') return !policy.deny.has(name) && policy.allow?.has(name) !== false;
  const { allow, deny } = policy[kind];
  return !namesContent(kind, deny, name) && allow.every((each) => namesContent(kind, each, name));
}

const namesOf = (offered: Offered, kind: NameRuleKind): readonly string[] =>
  kind === 'resources' ? offered.resources.map(({ uri }) => uri) : offered[kind].map(({ name }) => name);
