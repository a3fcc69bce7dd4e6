/**
 * ESLint rule: a regular expression needs time linear in the length of the text, whatever the text is. It refuses:
 * - a loop inside of a loop that can split one run in several ways: `(a+)+`;
 * - alternatives in a loop that can begin with the same character: `(a|a)*`;
 * - two loops in a row that share characters, before a part that can fail: `\s*\s*$`;
 * - a loop that a search starts again from each character of one run, before a part that can fail: `[\w-]+@`.
 * Sets of characters are compared on the first 768 code units and some samples of the other planes.
 */
import { RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

const UNBOUNDED = 1_000;
const MAX_PATHS = 500;
const PROBES = [
  ...Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code)),
  ...'\u0416\u05d0\u200b\u2028\u201c\u4e2d\ufe0f\ufeff\ud800\u{1f600}',
];

/** Returns the first reason why a pattern is not linear; undefined for a linear one. */
export function superLinear(source, flags) {
  const pattern = new RegExpParser().parsePattern(source, 0, source.length, { unicode: flags.includes('u') });
  return new Analysis(flags).problem(pattern.alternatives);
}

class Analysis {
  #flags;
  #sets = new Map();

  constructor(flags) {
    this.#flags = flags.replace(/[gy]/g, '');
    this.isSticky = flags.includes('y');
    this.isMultiline = flags.includes('m');
  }

  problem(alternatives) {
    for (const path of alternatives.flatMap((alternative) => this.#paths(alternative.elements))) {
      const found = this.#inLoops(path) ?? this.#adjacent(path) ?? this.#restarted(path);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Returns the sequences of elements of an alternative. Groups that contain a loop are opened. */
  #paths(elements) {
    let paths = [[]];
    for (const element of elements) {
      const group = groupOf(element);
      const options =
        group === undefined ? [[element]] : group.alternatives.flatMap(({ elements: e }) => this.#paths(e));
      if (element.type === 'Quantifier' && group !== undefined && element.min === 0) options.push([]);
      paths = paths.flatMap((path) => options.map((option) => [...path, ...option])).slice(0, MAX_PATHS);
    }
    return paths;
  }

  #inLoops(path) {
    for (const { element } of path.filter(isLoop)) {
      if (element.type !== 'Group' && element.type !== 'CapturingGroup') continue;
      for (const { elements } of element.alternatives) {
        for (const body of this.#paths(elements)) {
          const inner = body.filter(isLoop);
          const nested = inner.find((loop) => {
            const chars = this.#chars(loop);
            return body.every((other) => other === loop || this.#staysIn(other, chars));
          });
          if (nested !== undefined) return `the loop ${nested.raw} is inside of another loop`;
          const found = this.#inLoops(body) ?? this.#adjacent([...body, ...body], true);
          if (found !== undefined) return found;
        }
      }
      const firsts = element.alternatives.map(({ elements }) => this.#firstOf(elements));
      const isShared = firsts.some((a, i) => firsts.slice(i + 1).some((b) => meets(a, b)));
      if (isShared) return `alternatives of the loop ${element.raw} begin with the same character`;
    }
    return undefined;
  }

  #adjacent(path, isRepeated = false) {
    for (const [i, first] of path.entries()) {
      if (!isLoop(first)) continue;
      for (const [j, second] of path.entries()) {
        if (j <= i || !isLoop(second) || (isRepeated && first === second)) continue;
        const shared = both(this.#chars(first), this.#chars(second));
        if (shared.size === 0 || !path.slice(i + 1, j).every((node) => this.#staysIn(node, shared))) continue;
        if (isRepeated || path.slice(j + 1).some((node) => this.#canFail(node))) {
          return `the loops ${first.raw} and ${second.raw} share characters`;
        }
      }
    }
    return undefined;
  }

  #restarted(path) {
    if (this.isSticky) return undefined;
    for (const [i, loop] of path.entries()) {
      if (!isLoop(loop)) continue;
      const chars = this.#chars(loop);
      if (!path.slice(i + 1).some((node) => this.#canFail(node))) continue;
      if (path.slice(0, i).every((node) => this.#canPrecede(node, chars))) {
        return `a search starts the loop ${loop.raw} again from each character`;
      }
    }
    return undefined;
  }

  /** Whether a search can match the element at each place of a run of these characters. */
  #canPrecede(node, chars) {
    if (node.type !== 'Assertion') return this.#staysIn(node, chars);
    if (node.kind === 'start') return this.isMultiline && chars.has('\n');
    if (node.kind === 'word') return node.negate || ![...chars].every((one) => /\w/.test(one));
    if (node.kind !== 'lookbehind') return true;
    const before = new Set(node.alternatives.flatMap(({ elements }) => [...this.#firstOf(elements)]));
    const isOne = node.alternatives.every(({ elements }) => elements.length === 1);
    return node.negate ? !(isOne && [...chars].every((one) => before.has(one))) : meets(before, chars);
  }

  /** Whether the element can match text of these characters only, or nothing. */
  #staysIn(node, chars) {
    switch (node.type) {
      case 'Assertion':
      case 'Backreference':
        return true;
      case 'Quantifier':
        return node.min === 0 || this.#staysIn(node.element, chars);
      case 'Group':
      case 'CapturingGroup':
        return node.alternatives.some(({ elements }) => elements.every((one) => this.#staysIn(one, chars)));
      default:
        return meets(this.#chars(node), chars);
    }
  }

  #canFail(node) {
    switch (node.type) {
      case 'Quantifier':
        return node.min > 0;
      case 'Group':
      case 'CapturingGroup':
        return node.alternatives.every(({ elements }) => elements.some((one) => this.#canFail(one)));
      default:
        return true;
    }
  }

  #firstOf(elements) {
    const first = new Set();
    for (const node of elements) {
      if (node.type === 'Assertion') continue;
      const inner = node.type === 'Quantifier' ? node.element : node;
      const own =
        inner.type === 'Group' || inner.type === 'CapturingGroup'
          ? inner.alternatives.flatMap(({ elements: e }) => [...this.#firstOf(e)])
          : this.#chars(inner);
      for (const one of own) first.add(one);
      if (node.type !== 'Quantifier' || node.min > 0) return first;
    }
    return first;
  }

  /** Returns the characters that an element contains. */
  #chars(node) {
    switch (node.type) {
      case 'Quantifier':
        return this.#chars(node.element);
      case 'Group':
      case 'CapturingGroup':
        return new Set(node.alternatives.flatMap(({ elements }) => elements.flatMap((one) => [...this.#chars(one)])));
      case 'Assertion':
      case 'Backreference':
        return new Set();
      default:
        return this.#probed(node.raw);
    }
  }

  #probed(raw) {
    let set = this.#sets.get(raw);
    if (set === undefined) {
      const expression = new RegExp(`^(?:${raw})$`, this.#flags.replace('m', ''));
      set = new Set(PROBES.filter((probe) => expression.test(probe)));
      this.#sets.set(raw, set);
    }
    return set;
  }
}

const isLoop = (node) => node.type === 'Quantifier' && node.max > UNBOUNDED;

/** Returns the group that the element consists of, if it contains a loop and is not one. */
function groupOf(element) {
  const inner = element.type === 'Quantifier' && !isLoop(element) ? element.element : element;
  if (inner.type !== 'Group' && inner.type !== 'CapturingGroup') return undefined;
  let hasLoop = false;
  visitRegExpAST(inner, {
    onQuantifierEnter(node) {
      hasLoop ||= isLoop(node);
    },
  });
  return hasLoop ? inner : undefined;
}

const both = (a, b) => new Set([...a].filter((one) => b.has(one)));
const meets = (a, b) => [...a].some((one) => b.has(one));

export const linearPatterns = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const check = (node, source, flags) => {
      const problem = superLinear(source, flags);
      if (problem !== undefined) context.report({ node, message: `not linear: ${problem}` });
    };
    const built = (node) => {
      const [first, second] = node.arguments;
      const source = textOf(first, context.sourceCode.getScope(node));
      const flags = second === undefined ? '' : second.value;
      if (source === undefined || typeof flags !== 'string') {
        context.report({ node, message: 'not linear: the pattern is not a constant of this file' });
      } else check(node, source, flags);
    };
    return {
      Literal(node) {
        if (node.regex !== undefined) check(node, node.regex.pattern, node.regex.flags);
      },
      "NewExpression[callee.name='RegExp']": built,
      "CallExpression[callee.name='RegExp']": built,
    };
  },
};

/** Returns the text of an expression of constants; undefined for any other expression. */
function textOf(node, scope) {
  if (node?.type === 'Literal') return node.regex?.pattern ?? (typeof node.value === 'string' ? node.value : undefined);
  if (node?.type === 'TemplateLiteral') {
    const parts = node.expressions.map((part) => textOf(part, scope));
    if (parts.includes(undefined)) return undefined;
    return node.quasis.map(({ value }, i) => value.cooked + (parts[i] ?? '')).join('');
  }
  if (node?.type === 'MemberExpression' && node.property.name === 'source') return textOf(node.object, scope);
  if (node?.type === 'CallExpression' && node.callee.property?.name === 'join') {
    const items = node.callee.object.elements?.map((item) => textOf(item, scope));
    return items === undefined || items.includes(undefined) ? undefined : items.join(node.arguments[0]?.value ?? ',');
  }
  if (node?.type !== 'Identifier') return undefined;
  for (let at = scope; at !== null; at = at.upper) {
    const definition = at.set.get(node.name)?.defs[0];
    if (definition !== undefined)
      return definition.node.init === undefined ? undefined : textOf(definition.node.init, at);
  }
  return undefined;
}
