import { z } from 'zod';
import { toTerminalJson } from '../terminal/escape.ts';

/** One part of a result: text to print, or bytes to write to a file. */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'bytes'; readonly bytes: Buffer; readonly describe: string; readonly extension: string };

const block = z.looseObject({
  type: z.string().optional(),
  text: z.string().optional(),
  data: z.string().optional(),
  mimeType: z.string().optional(),
  uri: z.string().optional(),
  name: z.string().optional(),
  resource: z
    .looseObject({
      uri: z.string().optional(),
      text: z.string().optional(),
      blob: z.string().optional(),
      mimeType: z.string().optional(),
    })
    .optional(),
});
type Block = z.output<typeof block>;

/** Returns the parts of a result of `tools/call`. Structured content is printed only where it is not repeated as text. */
export function contentOf(result: Readonly<Record<string, unknown>>): readonly ContentPart[] {
  const blocks = z.array(block.catch({})).catch([]).parse(result['content']);
  const parts = blocks.map(partOf);
  const structured = result['structuredContent'];
  const repeats = parts.some(
    (part) => part.type === 'text' && isSameJson(part.text, structured, onlyResult(structured)),
  );
  if (structured === undefined || repeats) return parts;
  return [...parts, { type: 'text', text: toTerminalJson(structured) }];
}

function partOf({ type = 'unknown', text, data, mimeType, uri, name, resource }: Block): ContentPart {
  if (text !== undefined) return { type: 'text', text };
  if (resource?.text !== undefined) return { type: 'text', text: resource.text };
  const encoded = data ?? resource?.blob;
  const format = mimeType ?? resource?.mimeType ?? 'application/octet-stream';
  if (encoded === undefined)
    return { type: 'text', text: [type, name, uri].filter((word) => word !== undefined).join(' ') };
  const bytes = Buffer.from(encoded, 'base64');
  return {
    type: 'bytes',
    bytes,
    describe: `${type} ${format}, ${String(bytes.length)} bytes`,
    extension: extensionOf(format),
  };
}

/** Letters and digits of the subtype: the name of a file is never a path of the service. */
const extensionOf = (format: string): string =>
  /^[a-z0-9]{1,10}/i.exec(format.split('/')[1] ?? '')?.[0].toLowerCase() ?? 'bin';

/** Returns `result` of structured content with no other member: many servers repeat this value as text. */
const onlyResult = (structured: unknown): unknown =>
  z.strictObject({ result: z.unknown() }).safeParse(structured).data?.result ?? structured;

function isSameJson(text: string, ...values: readonly unknown[]): boolean {
  if (values.includes(text)) return true;
  try {
    const shown = JSON.stringify(JSON.parse(text));
    return values.some((value) => JSON.stringify(value) === shown);
  } catch {
    return false;
  }
}
