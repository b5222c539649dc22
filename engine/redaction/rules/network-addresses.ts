import { findIpv4, findIpv6 } from '../detect/ip-address.ts';
import type { RedactionRule } from '../redaction-rule.ts';

/** Personal data in some countries and orgs, what analysts need most in others: off unless the org's policy says otherwise. */
export const NETWORK_ADDRESS_RULES: readonly RedactionRule[] = [
  {
    id: 'ipv4-address',
    kind: 'IP_ADDRESS',
    title: 'IPv4 address',
    class: 'pii',
    confidence: 'shape',
    keywords: ['.#'],
    match: { find: findIpv4 },
    anywhere: true,
    optional: true,
    examples: ['203.0.113.7', 'from «198.51.100.23»:443', 'http://«192.168.4.20»/x'],
    nearMisses: ['v1.2.3.4', '1.2.3.4.5', '127.0.0.1', '1.2.3', '300.1.2.3', '1.2.3.4-beta1'],
  },
  {
    id: 'ipv6-address',
    kind: 'IP_ADDRESS',
    title: 'IPv6 address',
    class: 'pii',
    confidence: 'shape',
    keywords: [':'],
    match: { find: findIpv6 },
    anywhere: true,
    optional: true,
    normalise: (value) => value.toLowerCase(),
    examples: ['2001:db8::8a2e:370:7334', 'addr «fe80::1ff:fe23:4567:890a» up', '2001:db8:0:1:1:1:1:1'],
    nearMisses: ['10:30:07', 'std::string', 'a::b', 'aa:bb:cc:dd:ee:ff'],
  },
];
