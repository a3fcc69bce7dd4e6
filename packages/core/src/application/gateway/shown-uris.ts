import { JsonEdits } from '../../domain/json/json-edits.ts';
import type { Span } from '../../domain/json/json-members.ts';
import { RawJson } from '../../domain/json/raw-json.ts';

type Change = (uri: string) => string;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LOWER_I = 0x69;
const LOWER_R = 0x72;
const LOWER_U = 0x75;

/** Returns a result with changed URIs of resources, links and app pages. All other bytes stay, structured content included. */
export function withShownUris(result: RawJson, change: Change): RawJson {
  if (!mayNameUri(result.bytes)) return result;
  const edits = new JsonEdits(result.bytes);
  const members = edits.members(edits.root);
  for (const block of edits.items(members.get('content'))) changeBlock(edits, block, change);
  for (const content of edits.items(members.get('contents'))) changeContents(edits, content, change);
  for (const message of edits.items(members.get('messages')))
    for (const block of edits.items(edits.members(message).get('content'))) changeBlock(edits, block, change);
  changeMeta(edits, members.get('_meta'), change);
  return changed(result, edits);
}

/** Returns the definition of a tool, a prompt or a resource with changed URIs: its page, and its own URI or template. */
export function withShownDefinition(raw: RawJson, change: Change, own?: { readonly [key: string]: string }): RawJson {
  if (own === undefined && !mayNameUri(raw.bytes)) return raw;
  const edits = new JsonEdits(raw.bytes);
  const members = edits.members(edits.root);
  for (const [key, value] of Object.entries(own ?? {})) edits.change(members.get(key), () => value);
  changeMeta(edits, members.get('_meta'), change);
  return changed(raw, edits);
}

/** A content block (MCP 2025-11-25, Tools, "Resource Links" and "Embedded Resources"). */
function changeBlock(edits: JsonEdits, block: Span, change: Change): void {
  const members = edits.members(block);
  const type = edits.text(members.get('type'));
  if (type === 'resource_link') edits.change(members.get('uri'), change);
  const resource = type === 'resource' ? members.get('resource') : undefined;
  if (resource !== undefined) changeContents(edits, resource, change);
  changeMeta(edits, members.get('_meta'), change);
}

function changeContents(edits: JsonEdits, contents: Span, change: Change): void {
  const members = edits.members(contents);
  edits.change(members.get('uri'), change);
  changeMeta(edits, members.get('_meta'), change);
}

/** Changes the page of an app (SEP-1865), in its nested and its flat form. */
function changeMeta(edits: JsonEdits, meta: Span | undefined, change: Change): void {
  const members = edits.members(meta);
  edits.change(edits.members(members.get('ui')).get('resourceUri'), change);
  edits.change(members.get('ui/resourceUri'), change);
}

function changed(raw: RawJson, edits: JsonEdits): RawJson {
  const bytes = edits.apply();
  return bytes === raw.bytes ? raw : RawJson.fromBytes(bytes);
}

/**
 * Returns false if no member name can end in `ri`: neither such a text nor an escape is in the bytes.
 * Hot path: one native search per quote.
 */
function mayNameUri(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, at + 1))
    if (bytes[at - 1] === LOWER_I && bytes[at - 2] === LOWER_R) return true;
  for (let at = bytes.indexOf(BACKSLASH); at >= 0; at = bytes.indexOf(BACKSLASH, at + 2))
    if (bytes[at + 1] === LOWER_U) return true;
  return false;
}
