/** `special`: addresses that no service has: cloud metadata, link-local, unspecified, multicast, documentation, reserved. */
export type AddressClass = 'loopback' | 'private' | 'special' | 'public';

/** One block of addresses. The most specific block of an address decides its class. */
export interface AddressBlock {
  readonly block: string;
  readonly kind: AddressClass;
  readonly source: string;
}

const rows = (kind: AddressClass, blocks: Readonly<Record<string, string>>): readonly AddressBlock[] =>
  Object.entries(blocks).map(([block, source]) => ({ block, kind, source }));

/**
 * IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, updated by RFC 8190; state of 2025-10), IANA IPv6 Address
 * Space (blocks outside 2000::/3 are reserved), multicast, and the metadata addresses of large clouds.
 */
export const ADDRESS_BLOCKS: readonly AddressBlock[] = [
  ...rows('loopback', { '127.0.0.0/8': 'RFC 1122 §3.2.1.3', '::1/128': 'RFC 4291 §2.5.3' }),
  ...rows('private', {
    '10.0.0.0/8': 'RFC 1918',
    '100.64.0.0/10': 'RFC 6598, shared address space',
    '172.16.0.0/12': 'RFC 1918',
    '192.168.0.0/16': 'RFC 1918',
    // Benchmarking; local proxies use it like private space.
    '198.18.0.0/15': 'RFC 2544',
    // Local-use translation; the embedded IPv4 address can restrict it further.
    '64:ff9b:1::/48': 'RFC 8215',
    'fc00::/7': 'RFC 4193',
    'fec0::/10': 'RFC 3879, deprecated site-local',
  }),
  ...rows('public', {
    '192.31.196.0/24': 'RFC 7535, AS112',
    '192.52.193.0/24': 'RFC 7450, AMT',
    '192.175.48.0/24': 'RFC 7534, AS112',
    '2000::/3': 'IANA IPv6 Address Space, global unicast',
    '2001:3::/32': 'RFC 7450, AMT',
    '2001:4:112::/48': 'RFC 7535, AS112',
    '2620:4f:8000::/48': 'RFC 7534, AS112',
  }),
  ...rows('special', {
    '0.0.0.0/8': 'RFC 791 §3.2',
    '169.254.0.0/16':
      'RFC 3927, link-local; metadata of AWS, Azure, Google, Oracle, IBM, DigitalOcean, Hetzner, Tencent',
    '192.0.0.0/24': 'RFC 6890 §2.1; 192.0.0.192 is metadata of Oracle',
    '192.0.2.0/24': 'RFC 5737, documentation',
    '192.88.99.0/24': 'RFC 7526, deprecated 6to4 relay',
    '198.51.100.0/24': 'RFC 5737, documentation',
    '203.0.113.0/24': 'RFC 5737, documentation',
    '224.0.0.0/4': 'RFC 5771, multicast',
    '240.0.0.0/4': 'RFC 1112 §4, reserved; RFC 8190, broadcast',
    '100.100.100.200/32': 'metadata of Alibaba Cloud',
    '168.63.129.16/32': 'host service of Azure, with certificates and keys of the machine',
    '::/0': 'IANA IPv6 Address Space, reserved',
    '::/128': 'RFC 4291 §2.5.2, unspecified',
    '100::/64': 'RFC 6666, discard-only',
    '100:0:0:1::/64': 'RFC 9780, dummy prefix',
    '2001::/23': 'RFC 2928, protocol assignments: Teredo, PCP, TURN, benchmarking, ORCHID, DRIP',
    '2001:db8::/32': 'RFC 3849, documentation',
    '3fff::/20': 'RFC 9637, documentation',
    '5f00::/16': 'RFC 9602, segment routing',
    'fe80::/10': 'RFC 4291 §2.5.6, link-local',
    'ff00::/8': 'RFC 4291 §2.7, multicast',
    'fd00:ec2::/32': 'metadata of AWS',
    'fd20:ce::/32': 'metadata of Google Cloud',
    'fd00:c1::/32': 'metadata of Oracle Cloud',
  }),
];

/** A form of an IPv6 address that contains an IPv4 address, as the offsets of its four bytes. */
export interface EmbeddedForm {
  readonly block: string;
  readonly bytes: readonly [number, number, number, number];
  /** The address reaches exactly the IPv4 address, so that both are one. */
  readonly isSame: boolean;
  readonly source: string;
}

const LAST = [12, 13, 14, 15] as const;

/** Every form that embeds an IPv4 address. An address of 2001::/32 (Teredo) is special as a whole. */
export const EMBEDDED_FORMS: readonly EmbeddedForm[] = [
  { block: '::ffff:0:0/96', bytes: LAST, isSame: true, source: 'RFC 4291 §2.5.5.2, IPv4-mapped' },
  { block: '::/96', bytes: LAST, isSame: true, source: 'RFC 4291 §2.5.5.1, IPv4-compatible' },
  { block: '::ffff:0:0:0/96', bytes: LAST, isSame: true, source: 'RFC 7915, IPv4-translated' },
  { block: '64:ff9b::/96', bytes: LAST, isSame: true, source: 'RFC 6052 §2.1' },
  { block: '2002::/16', bytes: [2, 3, 4, 5], isSame: true, source: 'RFC 3056, 6to4' },
  { block: '64:ff9b:1::/48', bytes: [6, 7, 9, 10], isSame: false, source: 'RFC 6052 §2.2, prefix of 48 bits' },
  { block: '64:ff9b:1::/48', bytes: [7, 9, 10, 11], isSame: false, source: 'RFC 6052 §2.2, prefix of 56 bits' },
  { block: '64:ff9b:1::/48', bytes: [9, 10, 11, 12], isSame: false, source: 'RFC 6052 §2.2, prefix of 64 bits' },
  { block: '64:ff9b:1::/48', bytes: LAST, isSame: false, source: 'RFC 6052 §2.2, prefix of 96 bits' },
];

/** Host names of metadata services, which serve the credentials of a machine. Names below them count too. */
export const METADATA_NAMES: Readonly<Record<string, string>> = {
  'metadata.google.internal': 'Google Cloud',
  metadata: 'Google Cloud, name in its search domain',
  'metadata.goog': 'Google Cloud',
  'instance-data.ec2.internal': 'AWS',
  'instance-data': 'AWS, name in its search domain',
  'metadata.azure.internal': 'Azure',
  'metadata.tencentyun.com': 'Tencent Cloud',
  'api.metadata.cloud.ibm.com': 'IBM Cloud',
  'metadata.packet.net': 'Equinix Metal',
  'metadata.platformequinix.com': 'Equinix Metal',
  'rancher-metadata': 'Rancher',
};
