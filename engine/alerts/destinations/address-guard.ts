import { BlockList, isIP } from 'node:net';

/**
 * What an address is to a request that somebody else chose the target of. private: loopback and networks of one's own, refused
 * unless they are allowed. forbidden: nothing that an alert could be meant for, never allowed.
 */
export type AddressKind = 'public' | 'private' | 'forbidden';

/** By RFC 6890 and IANA's special-purpose registries; anything with an IPv4 address inside counts as forbidden, see below. */
export function addressKind(address: string): AddressKind {
  const family = isIP(address);
  // A zone (fe80::1%eth0) only ever belongs to link-local addresses.
  if (family === 0 || address.includes('%')) return 'forbidden';
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (METADATA.check(address, type)) return 'forbidden';
  if (PRIVATE.check(address, type)) return 'private';
  if (family === 4) return SPECIAL.check(address, type) ? 'forbidden' : 'public';
  // Only 2000::/3 is routed. That leaves out the unspecified address, link-local, multicast and IPv4-mapped, -compatible and
  // NAT64 (64:ff9b::/96) addresses, behind which an IPv4 address would hide.
  return GLOBAL_UNICAST.check(address, type) && !SPECIAL.check(address, type) ? 'public' : 'forbidden';
}

function networks(...ranges: string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix = ''] = range.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** Where clouds serve credentials: AWS, GCP, Azure and others; Alibaba; Azure's wire server; Oracle; AWS over IPv6. */
const METADATA = networks(
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  'fd00:ec2::/32',
  'fe80::/10',
);

const PRIVATE = networks(
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::1/128',
  'fc00::/7',
);

/** This network, protocol assignments, documentation, 6to4 relays, benchmarks, multicast, reserved; Teredo and others, 6to4. */
const SPECIAL = networks(
  '0.0.0.0/8',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
);

const GLOBAL_UNICAST = networks('2000::/3');
