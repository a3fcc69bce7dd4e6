import type { CallPolicy, Manifest, ServicePolicy, SandboxMode } from './manifest.ts';
import { POLICY_KNOBS, type PolicyKnob } from './policy-knobs.ts';

type Values = Readonly<Record<string, unknown>>;
type Rate = { readonly perMinute: number; readonly burst?: number };

const knobs = Object.entries(POLICY_KNOBS) as readonly (readonly [string, PolicyKnob])[];
const callKnobs = knobs.filter(([, { merge }]) => merge === 'min');
const SANDBOXES: readonly SandboxMode[] = ['none', 'auto', 'required'];

/**
 * Returns the fields of a manifest that protect less than those of the manifest that it replaces: limits that are larger or
 * gone, names that are no longer denied or newly allowed, another named policy, no pin, a weaker sandbox, a shared process.
 */
export function loosenedFields(former: Manifest, next: Manifest): readonly string[] {
  const [old, now] = [former.spec, next.spec];
  return [
    ...(old.pinInterface === true && now.pinInterface !== true ? ['spec.pinInterface'] : []),
    // The documents of both policies may change at any time, so that they are not compared.
    ...(old.policyRef === now.policyRef ? [] : ['spec.policyRef']),
    ...(old.isolation === 'per-client' && now.isolation !== 'per-client' ? ['spec.isolation'] : []),
    ...(SANDBOXES.indexOf(now.sandbox ?? 'none') < SANDBOXES.indexOf(old.sandbox ?? 'none') ? ['spec.sandbox'] : []),
    ...loosenedLimits('spec.limits', old.limits, now.limits),
    ...loosenedPolicy(old.policy ?? {}, now.policy ?? {}),
  ];
}

function loosenedLimits(path: string, old: object = {}, now: object = {}): readonly string[] {
  return Object.entries(old as Values).flatMap(([name, value]) =>
    isLarger(value, (now as Values)[name]) ? [`${path}.${name}`] : [],
  );
}

function loosenedPolicy(old: ServicePolicy, now: ServicePolicy): readonly string[] {
  const fields = knobs.filter(([name, knob]) => isLooser(knob, memberOf(old, name), memberOf(now, name)));
  const tools = new Set([...Object.keys(old.tools ?? {}), ...Object.keys(now.tools ?? {})]);
  const ofTools = [...tools].flatMap((tool) =>
    callKnobs
      .filter(([name, knob]) => isLooser(knob, ofTool(old, tool, name, knob), ofTool(now, tool, name, knob)))
      .map(([name]) => `spec.policy.tools['${tool}'].${name}`),
  );
  return [...fields.map(([name]) => `spec.policy.${name}`), ...ofTools];
}

/** The value for one tool: a limit of single calls replaces that of the service, other values apply in addition to it. */
function ofTool({ tools = {}, ...policy }: ServicePolicy, tool: string, name: string, { scope }: PolicyKnob): unknown {
  const own: CallPolicy = Object.hasOwn(tools, tool) ? (tools[tool] ?? {}) : {};
  return memberOf(own, name) ?? (scope === 'call' ? memberOf(policy, name) : undefined);
}

function isLooser({ merge }: PolicyKnob, old: unknown, now: unknown): boolean {
  if (old === undefined) return false;
  if (merge === 'min') return isLarger(old, now);
  const [before, after] = [namesOf(old), namesOf(now)];
  if (merge === 'union') return [...before].some((name) => !after.has(name));
  return now === undefined || [...after].some((name) => !before.has(name));
}

/** Returns whether a limit is larger than the former one, or gone. */
function isLarger(old: unknown, now: unknown): boolean {
  if (old === undefined) return false;
  if (typeof old === 'number') return typeof now !== 'number' || now > old;
  const [before, after] = [old as Rate, now as Rate | undefined];
  if (after === undefined || after.perMinute > before.perMinute) return true;
  return before.burst !== undefined && isLarger(before.burst, after.burst);
}

const memberOf = (from: object, name: string): unknown =>
  Object.hasOwn(from, name) ? (from as Values)[name] : undefined;

const namesOf = (value: unknown): ReadonlySet<string> => new Set((value ?? []) as readonly string[]);
