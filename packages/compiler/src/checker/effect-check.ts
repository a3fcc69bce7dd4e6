import type { Name } from '../parser/syntax-tree.ts';
import type { BodyContext } from './body-context.ts';

/** Reports effects of a function that its caller does not declare. */
export function requireEffects(context: BodyContext, needed: ReadonlySet<string>, { text, span }: Name): void {
  const { owner } = context;
  const missing = [...needed].filter((effect) => !owner.effects.has(effect));
  if (missing.length === 0) return;
  const names = missing.join(', ');
  if (owner.kind === 'constant') {
    const message = `a constant cannot have effects, \`${text}\` has ${names}`;
    const hint = 'declare a function without parameters and with these effects instead';
    context.error({ code: 'NOT_CONSTANT', span, message, hint });
    return;
  }
  const all = [...owner.effects, ...missing].join(', ');
  const message = `\`${text}\` has the effect ${names}, \`${owner.name}\` does not declare it`;
  const hint = `declare the effect: effect[${all}] function ${owner.name}(…)`;
  context.error({ code: 'MISSING_EFFECT', span, message, hint });
}

/** Reports a constant that uses a function of the program. */
export function refuseInConstant(context: BodyContext, { text, span }: Name): void {
  const message = `a constant cannot use functions of the program, \`${text}\` is one`;
  context.error({ code: 'NOT_CONSTANT', span, message, hint: 'declare a function without parameters instead' });
}
