import fc from 'fast-check';

const key = fc.oneof(
  fc.stringMatching(/^[a-z_-]{1,6}$/).map((name) => `k${name}`),
  fc.constantFrom('"a b"', "'c: d'", 'e.f', '"#"'),
);
const scalar = fc.constantFrom(
  ...['1', 'true', 'null', 'text', '"extensions:"', "'#'", '""', '~', '[1, "a"]', '{ b: 1, "c d": [] }', '2001-12-14'],
);

type Lines = readonly string[];
const nested = (lines: Lines, unit: string): Lines => lines.map((line) => (line === '' ? '' : unit + line));

const block = (unit: string): fc.Arbitrary<Lines> =>
  fc.oneof(
    fc
      .tuple(key, scalar, fc.constantFrom('', '   # note: {'))
      .map(([name, value, note]) => [`${name}: ${value}${note}`]),
    fc
      .tuple(key, fc.constantFrom('|', '>-'))
      .map(([name, mark]) => [`${name}: ${mark}`, `${unit}extensions:`, `${unit}  x: 1`]),
    key.map((name) => [`${name}:`, `${unit}- 1`, `${unit}- a: 2`, `${unit}  b: 3`]),
    fc.tuple(key, key, scalar).map(([name, inner, value]) => [`${name}:`, `${unit}${inner}: ${value}`]),
  );

const members = (unit: string, maxLength: number): fc.Arbitrary<Lines> =>
  fc
    .uniqueArray(block(unit), { maxLength, selector: ([first = '']) => first.split(':')[0] })
    .chain((blocks) =>
      fc
        .array(fc.constantFrom('', '# extensions:'), { minLength: blocks.length, maxLength: blocks.length })
        .map((gaps) => blocks.flatMap((lines, at) => [...lines, ...(gaps[at] === '' ? [] : [gaps[at] ?? ''])])),
    );

/** Arbitrary YAML configuration of a client, with or without servers, in different formatting. Not every text is valid. */
export const yamlText = (container: string): fc.Arbitrary<string> =>
  fc
    .constantFrom('  ', '    ')
    .chain((unit) =>
      fc.record({
        before: members(unit, 3),
        servers: fc.option(fc.tuple(members(unit, 3), fc.constantFrom('', ' # servers')), { nil: undefined }),
        flow: fc.constantFrom(undefined, undefined, ' {}', ' { a: { cmd: x } }', ' {a: 1, b: "}"}'),
        after: members(unit, 2),
        eol: fc.constantFrom('\n', '\r\n'),
        bom: fc.boolean(),
        tail: fc.constantFrom('', '\n', '\n\n'),
        unit: fc.constant(unit),
      }),
    )
    .map(({ before, servers, flow, after, eol, bom, tail, unit }) => {
      const own =
        servers === undefined
          ? []
          : flow === undefined
            ? [`${container}:${servers[1]}`, ...nested(servers[0], unit)]
            : [`${container}:${flow}`];
      return (bom ? '\ufeff' : '') + ([...before, ...own, ...after].join('\n') + tail).replaceAll('\n', eol);
    });
