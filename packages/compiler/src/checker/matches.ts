import type { Expression, MatchArm } from '../parser/syntax-tree.ts';
import type { Typed, TypedArm, TypedPattern } from '../typed/typed-tree.ts';
import { BOOL, typeName, typeVariable, type Type } from '../types/type.ts';
import type { BodyContext, Expectation } from './body-context.ts';
import { Coverage } from './exhaustiveness.ts';
import { checkPattern } from './patterns.ts';

type Match = Expression & { kind: 'match' };

const BASE_STEP_COUNT = 20_000;
const STEP_COUNT_PER_ARM = 400;
const ANYTHING: TypedPattern = { kind: 'any', local: undefined };

export function checkMatch(context: BodyContext, match: Match, expected?: Expectation): Typed {
  const subject = context.check(match.subject);
  const result = expected ?? { type: typeVariable(), what: 'the value of the arms above' };
  const errors = context.errorCount;
  const arms = match.arms.map((arm) => checkArm(context, arm, subject.type, result));
  // A rejected pattern counts as a wildcard and would cause wrong findings about other arms.
  if (context.errorCount === errors) checkCases(context, match, arms, subject.type);
  return { kind: 'match', subject, arms, type: result.type };
}

function checkArm(context: BodyContext, arm: MatchArm, subject: Type, result: Expectation): TypedArm {
  return context.scoped(() => {
    const pattern = checkPattern(context, arm.pattern, subject);
    const guard = arm.guard && context.check(arm.guard, { type: BOOL, what: 'the guard of an arm' });
    return { pattern, guard, body: context.check(arm.body, result) };
  });
}

function checkCases(context: BodyContext, match: Match, arms: readonly TypedArm[], type: Type): void {
  const sure = arms.filter(({ guard }) => guard === undefined).map(({ pattern }) => pattern);
  const coverage = new Coverage(BASE_STEP_COUNT + STEP_COUNT_PER_ARM * arms.length);
  const covered = sure.some(({ kind }) => kind === 'any');
  const missing = covered ? undefined : coverage.uncovered(sure, ANYTHING, type);
  const span = { start: match.span.start, end: match.span.start + 'match'.length };
  if (coverage.exhausted) {
    const message = 'this match has too many cases to check whether one is missing';
    context.error({ code: 'MATCH_TOO_COMPLEX', span, message, hint: 'add a last arm: _ -> …' });
  } else if (missing !== undefined) {
    const everything = missing === '_';
    const message = everything
      ? `this match does not cover every ${typeName(type)}`
      : `this match misses the case ${missing}`;
    const guarded = sure.length < arms.length ? ' (a guard can be False)' : '';
    context.error({ code: 'NON_EXHAUSTIVE_MATCH', span, message, hint: `add an arm: ${missing} -> …${guarded}` });
  }
  warnOfUnreachable(context, match, arms, type);
}

function warnOfUnreachable(context: BodyContext, match: Match, arms: readonly TypedArm[], type: Type): void {
  const coverage = new Coverage(BASE_STEP_COUNT + STEP_COUNT_PER_ARM * arms.length);
  const before: TypedPattern[] = [];
  for (const [index, { pattern, guard }] of arms.entries()) {
    const reached = coverage.uncovered(before, pattern, type) !== undefined;
    if (coverage.exhausted) return;
    const span = match.arms[index]?.pattern.span;
    if (!reached && span !== undefined) {
      const message = 'this arm is unreachable: the arms above match all its values';
      context.warning({ code: 'UNREACHABLE_ARM', span, message, hint: 'remove the arm, or move it up' });
    }
    if (guard === undefined) before.push(pattern);
  }
}
