import type { Name } from '../parser/syntax-tree.ts';
import type { BodyContext } from './body-context.ts';

/** Reports effects of a function that whoever names it does not declare. */
export function requireEffects(context: BodyContext, needed: ReadonlySet<string>, { text, span }: Name): void {
  const { owner } = context;
  const missing = [...needed].filter((effect) => !owner.effects.has(effect));
  if (missing.length === 0) return;
  const names = missing.join(', ');
  if (owner.kind === 'constant') {
    const message = `a constant has no effects, \`${text}\` has ${names}`;
    const hint = 'make it a function without parameters that declares them';
    context.error({ code: 'NOT_CONSTANT', span, message, hint });
    return;
  }
  const all = [...owner.effects, ...missing].join(', ');
  const message = `\`${text}\` has the effect ${names}, \`${owner.name}\` does not declare it`;
  const hint = `declare it: effect[${all}] function ${owner.name}(…)`;
  context.error({ code: 'MISSING_EFFECT', span, message, hint });
}

/** Reports that a constant names a function of the program. */
export function refuseInConstant(context: BodyContext, { text, span }: Name): void {
  const message = `a constant is computed without functions of the program, \`${text}\` is one`;
  context.error({ code: 'NOT_CONSTANT', span, message, hint: 'make it a function without parameters' });
}
