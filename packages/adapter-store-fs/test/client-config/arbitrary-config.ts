import fc from 'fast-check';

/** Formatting of a generated file. */
interface Style {
  readonly eol: string;
  readonly indent: string;
  readonly commented: boolean;
  readonly trailing: boolean;
}

const style = (isStrict: boolean): fc.Arbitrary<Style> =>
  fc.record({
    eol: fc.constantFrom('\n', '\r\n', ''),
    indent: fc.constantFrom('  ', '\t', '    ', ''),
    commented: isStrict ? fc.constant(false) : fc.boolean(),
    trailing: isStrict ? fc.constant(false) : fc.boolean(),
  });

const key = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('mcpServers2', 'clarity', 'url', '//', '[x]', '😀'));
const scalar = fc.oneof(
  fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.constantFrom('0', '-1.5e10', '9007199254740993', 'true', 'null', '"https://a/b//c"', '"/* no */"', '"["'),
);

type Tree = string | readonly (readonly [string, Tree])[];
const tree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    fc.uniqueArray(fc.tuple(key, tie('tree')), { maxLength: 4, selector: ([name]) => name }),
  ),
})).tree;
const members = (maxLength: number) => fc.uniqueArray(fc.tuple(key, tree), { maxLength, selector: ([name]) => name });

function render(value: Tree, { eol, indent, commented, trailing }: Style, depth = 0): string {
  if (typeof value === 'string') return value;
  if (value.length === 0) return commented && eol !== '' ? `{ /* empty */ }` : '{}';
  const pad = eol === '' ? '' : indent.repeat(depth + 1);
  const note = commented && eol !== '' ? ' // a, "note": {' : '';
  const lines = value.map(([name, inner], at) => {
    const comma = at < value.length - 1 || trailing ? ',' : '';
    const body = render(inner, { eol, indent, commented, trailing }, depth + 1);
    return `${pad}${JSON.stringify(name)}: ${body}${comma}${note}${eol}`;
  });
  return `{${eol}${lines.join('')}${eol === '' ? '' : indent.repeat(depth)}}`;
}

/** Arbitrary JSON configuration of a client, with or without servers, in different formatting. */
export const jsonText = (container: string, isStrict: boolean): fc.Arbitrary<string> =>
  fc
    .record({
      style: style(isStrict),
      before: members(3),
      servers: fc.option(members(3), { nil: undefined }),
      after: members(2),
      bom: fc.boolean(),
      tail: fc.constantFrom('', '\n', '\r\n', '\n\n'),
    })
    .map(({ style: chosen, before, servers, after, bom, tail }) => {
      const own: (readonly [string, Tree])[] = servers === undefined ? [] : [[container, servers]];
      const names = new Set<string>([container]);
      const rest = (some: readonly (readonly [string, Tree])[]): (readonly [string, Tree])[] =>
        some.filter(([name]) => !names.has(name) && names.add(name));
      return `${bom ? '\ufeff' : ''}${render([...rest(before), ...own, ...rest(after)], chosen)}${tail}`;
    });

const tomlValue = fc.constantFrom(
  '"[mcp_servers.clarity_gateway]"',
  "'''\n[mcp_servers.clarity_gateway]\n'''",
  '"""\\\n  # no comment \\""""',
  '[\n  "[a]", # note ]\n  \'b\',\n]',
  '{ a = 1, "b.c" = [1, 2] }',
  '9223372036854775807',
  '1979-05-27T07:32:00Z',
  'true',
  '""',
);
const bare = fc.stringMatching(/^[a-z_-]{1,6}$/);
const tomlKey = fc.oneof(
  bare,
  bare.map((name) => `"${name}.x"`),
  bare.map((name) => `'${name} y'`),
);
const line = fc.oneof(
  fc.tuple(tomlKey, tomlValue).map(([name, value]) => `${name} = ${value}`),
  fc.constantFrom('', '# [mcp_servers.clarity_gateway]', '   # note'),
);

/** Arbitrary TOML with texts that resemble the table of the gateway. Not every text is valid. */
export const tomlText: fc.Arbitrary<string> = fc
  .record({
    head: fc.array(line, { maxLength: 4 }),
    tables: fc.array(
      fc.tuple(
        fc.oneof(
          tomlKey.map((name) => `[${name}]`),
          tomlKey.map((name) => `[[${name}]]`),
          tomlKey.map((name) => `[mcp_servers.${name}]`),
          tomlKey.map((name) => `[ mcp_servers . ${name} . env ] # note`),
        ),
        fc.array(line, { maxLength: 3 }),
      ),
      { maxLength: 4 },
    ),
    eol: fc.constantFrom('\n', '\r\n'),
    bom: fc.boolean(),
    tail: fc.constantFrom('', '\n', '\n\n'),
  })
  .map(({ head, tables, eol, bom, tail }) => {
    const text = [...head, ...tables.flatMap(([header, lines]) => [header, ...lines])].join('\n') + tail;
    return (bom ? '\ufeff' : '') + text.replaceAll('\n', eol);
  });
