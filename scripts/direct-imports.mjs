import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Returns a function that makes the modules of this repository import from the modules that declare a name, instead of the
 * front door of their package. esbuild assigns modules to the chunks of every program that reaches them, and a front door
 * reaches the whole package: without this each program loads what only another one uses.
 *
 * Lines stay where they are, for source maps. A name that a front door declares itself is imported from there.
 * @param {string} root folder of the repository
 * @returns {(text: string) => string}
 */
export function directImports(root) {
  /** @type {Map<string, Map<string, { file: string, name: string }>>} */
  const known = new Map();
  const doors = new Map();

  /** Returns the file of a front door, such as `@clarity-runtime/core/ports`; undefined for other packages. */
  const doorOf = (specifier) => {
    if (!doors.has(specifier)) doors.set(specifier, sourceOf(root, specifier));
    return doors.get(specifier);
  };

  /** Returns where the re-exported values of a module are declared, by name. */
  const namesOf = (file) => {
    const found = known.get(file);
    if (found !== undefined) return found;
    const names = new Map();
    known.set(file, names);
    for (const [, list, from] of withoutComments(readFileSync(file, 'utf8')).matchAll(RE_EXPORT)) {
      const target = resolve(dirname(file), from);
      for (const [name, as] of namesIn(list)) names.set(as, namesOf(target).get(name) ?? { file: target, name });
    }
    return names;
  };

  return (text) =>
    text.replace(IMPORT, (statement, list, specifier) => {
      const door = doorOf(specifier);
      if (door === undefined) return statement;
      const direct = namesIn(withoutComments(list)).map(([name, as]) => {
        const at = namesOf(door).get(name) ?? { file: door, name };
        return `import { ${at.name} as ${as} } from ${JSON.stringify(at.file)};`;
      });
      return direct.join(' ') + '\n'.repeat(statement.split('\n').length - 1);
    });
}

const RE_EXPORT = /^export \{([^{}]*)\} from '(\.[^']+)';$/gm;
const IMPORT = /^import \{([^{}]*)\} from '(@clarity-runtime\/[^']+)';$/gm;

const withoutComments = (text) => text.replace(/\/\*[^]*?\*\//g, '').replace(/(?<![:'"])\/\/.*$/gm, '');

/** Returns the values of a list such as `a, type B, c as d`, with the names that they get. */
const namesIn = (list) =>
  list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '' && !each.startsWith('type '))
    .map((each) => each.split(/\s+as\s+/))
    .map(([name, as = name]) => [name, as]);

function sourceOf(root, specifier) {
  const [, folder, ...rest] = specifier.split('/');
  const place = join(root, 'packages', folder);
  const { exports } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  const source = exports[['.', ...rest].join('/')]?.['clarity-source'];
  return source === undefined ? undefined : join(place, source);
}
