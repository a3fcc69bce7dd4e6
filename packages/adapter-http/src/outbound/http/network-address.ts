import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import {
  ADDRESS_BLOCKS,
  EMBEDDED_FORMS,
  METADATA_NAMES,
  type AddressClass,
  type EmbeddedForm,
} from './special-addresses.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [address: Address, bits: number];

const rangeOf = (block: string): Range => ipaddr.parseCIDR(block);

interface Tables {
  /** The most specific blocks come first. */
  readonly blocks: readonly { readonly range: Range; readonly kind: AddressClass }[];
  readonly forms: readonly (EmbeddedForm & { readonly range: Range })[];
}

let parsedTables: Tables | undefined;

/** Parses the tables when the first address is judged, not when a program loads this module. */
const tables = (): Tables =>
  (parsedTables ??= {
    blocks: ADDRESS_BLOCKS.map(({ block, kind }) => ({ range: rangeOf(block), kind })).sort(
      (a, b) => b.range[1] - a.range[1],
    ),
    forms: EMBEDDED_FORMS.map((form) => ({ ...form, range: rangeOf(form.block) })),
  });

/** From the least to the most restricted class. */
const RESTRICTIONS: readonly AddressClass[] = ['public', 'private', 'loopback', 'special'];

/**
 * Returns the class of an address. The embedded IPv4 address decides for an IPv6 address that reaches exactly it; for other
 * forms the more restricted class counts. Invalid text is `special`.
 */
export function classOf(address: string): AddressClass {
  const parsed = parse(plainAddress(address));
  if (parsed === undefined) return 'special';
  const classes = [parsed, ...embeddedIn(parsed)].map(blockClass);
  return RESTRICTIONS.findLast((kind) => classes.includes(kind)) ?? 'special';
}

/** Returns an address without brackets and zone, and an embedded IPv4 address in its own form. */
export function plainAddress(address: string): string {
  const bare = address.startsWith('[') && address.endsWith(']') ? address.slice(1, -1) : address;
  const text = bare.split('%', 1)[0] ?? '';
  const parsed = parse(text);
  if (parsed?.kind() !== 'ipv6') return text;
  const form = tables().forms.find(({ range, isSame }) => isSame && isIn(parsed, range));
  // `::1` and `::` match the prefix `::/96`, and contain no IPv4 address.
  if (form === undefined || isLowest(parsed)) return text;
  return embedded(parsed, form).toString();
}

/** Returns whether a host name serves the credentials of a machine. `host` is in lower case, without the dot of the root. */
export const isMetadataName = (host: string): boolean =>
  Object.keys(METADATA_NAMES).some((name) => host === name || host.endsWith(`.${name}`));

const parse = (text: string): Address | undefined => (isIP(text) === 0 ? undefined : ipaddr.parse(text));

const isIn = (address: Address, [network, bits]: Range): boolean =>
  address.kind() === network.kind() && address.match(network, bits);

const blockClass = (address: Address): AddressClass =>
  tables().blocks.find(({ range }) => isIn(address, range))?.kind ?? 'public';

const isLowest = (address: Address): boolean => {
  const bytes = address.toByteArray();
  return bytes.slice(0, -1).every((byte) => byte === 0) && (bytes.at(-1) ?? 0) <= 1;
};

const embedded = (address: Address, { bytes }: Pick<EmbeddedForm, 'bytes'>): ipaddr.IPv4 => {
  const all = address.toByteArray();
  return new ipaddr.IPv4(bytes.map((at) => all[at] ?? 0));
};

/** ISATAP (RFC 5214 §6.1): the interface id `0:5efe` or `200:5efe` before an IPv4 address, below any prefix. */
const ISATAP = { bytes: [12, 13, 14, 15] } as const;

function embeddedIn(address: Address): readonly Address[] {
  if (address.kind() !== 'ipv6') return [];
  const [a = 0, b = 0, c, d] = address.toByteArray().slice(8, 12);
  const isIsatap = (a & ~2) === 0 && b === 0 && c === 0x5e && d === 0xfe;
  const forms = tables().forms.filter(({ range, isSame }) => !isSame && isIn(address, range));
  return [...forms, ...(isIsatap ? [ISATAP] : [])].map((form) => embedded(address, form));
}
