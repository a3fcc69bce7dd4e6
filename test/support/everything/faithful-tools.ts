import { PNG, text, tool, type Fixture } from './fixture.ts';

/**
 * A placeholder for JSON that JavaScript cannot write. The transport replaces it with other characters
 * of the same length.
 */
const UNWRITABLE: readonly (readonly [stands: string, written: string])[] = [
  ['"#a whole number#"', '900719925474099301'],
  ['"#digits to keep#"', '1.50000000000e+002'],
  ['"#less than zero#"', '-0.0              '],
];

/** Returns the text of a message in transport. */
export const onTheWire = (message: string): string =>
  UNWRITABLE.reduce((whole, [stands, written]) => whole.replaceAll(stands, written), message);

const marked = (at: number): string => UNWRITABLE[at]?.[0].slice(1, -1) ?? '';

const ODD = {
  huge: marked(0),
  digits: marked(1),
  zero: marked(2),
  list: [marked(0), 1, null, { deep: [marked(0)] }],
  ' spaced name ': 'é ü 漢字 \u2028 "quoted" \\ / \t \u{1f600}',
  '': 'no name',
};

/** Tools whose definitions and results contain everything that a gateway could lose. */
export const faithfulTools: readonly Fixture[] = [
  tool(
    'extra_structured',
    ({ n = 1 }) => ({
      content: [
        { type: 'text', text: 'with more', annotations: { audience: ['user'], priority: 0.5 }, unheardOf: ODD },
        { type: 'resource_link', uri: 'test://static-text', name: 'link', size: 3, later: marked(0) },
      ],
      structuredContent: { n, ...ODD },
      _meta: { 'example.test/result': ODD },
      bell: '\u0007\u001b[31m\u200b',
      fromTheFuture: ODD,
    }),
    {
      title: 'Structured',
      inputSchema: { type: 'object', properties: { n: { type: 'integer', maximum: marked(0) } }, 'x-odd': ODD },
      outputSchema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
      annotations: { readOnlyHint: true, idempotentHint: true, laterHint: marked(0) },
      icons: [{ src: `data:image/png;base64,${PNG}`, mimeType: 'image/png', sizes: ['48x48'] }],
      _meta: { 'example.test/tag': ODD },
      fromTheFuture: ODD,
    },
  ),
  tool('extra_error', () => ({ ...text('it went wrong'), isError: true, structuredContent: ODD, fromTheFuture: ODD })),
  tool('extra_echo', (args) => text(JSON.stringify(args)), { inputSchema: { type: 'object' } }),
];
