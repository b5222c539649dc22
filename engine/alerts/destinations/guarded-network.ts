import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { CodedError, isCoded } from '../../core/errors.ts';
import { addressKind } from './address-guard.ts';

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Every address of a host name. */
export type Lookup = (host: string) => Promise<readonly Address[]>;

export interface GuardedNetwork {
  /** Connects only to addresses that may be reached; a name is resolved once and its checked address is connected to. */
  readonly dispatcher: Dispatcher;
  /** Checks a URL before it is stored. A name that does not resolve passes: that is seen at each delivery. */
  checkUrl(url: string): Promise<void>;
  /** The part of that check that needs no name service; every request does it. */
  parseUrl(url: string): URL;
  /** Checks a host before it is stored, as checkUrl does. */
  checkHost(host: string): Promise<void>;
  /** The address to connect to: checked, and for every attempt anew. Throws the name service's error too. */
  addressOf(host: string): Promise<Address>;
  close(): Promise<void>;
}

export interface NetworkOptions {
  /** Loopback and private networks may be reached. */
  readonly allowPrivate: boolean;
  readonly lookup?: Lookup;
  /** Connections to one origin. */
  readonly connections: number;
  /** Limit of one connection attempt, milliseconds. */
  readonly connectTimeout: number;
}

/** The way out for requests whose target people choose. Everything refused throws DESTINATION_REFUSED. */
export function createGuardedNetwork(options: NetworkOptions): GuardedNetwork {
  const { allowPrivate, lookup = (host) => systemLookup(host, { all: true }) } = options;

  async function resolve(host: string): Promise<readonly Address[]> {
    const addresses = await lookup(host);
    // One address out of bounds refuses the name: which of them a connection would take is not ours to say.
    for (const { address } of addresses) assertReachable(address, allowPrivate);
    return addresses;
  }

  const pinned: LookupFunction = (host, { all }, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) callback(new CodedError('DESTINATION_REFUSED', 'The host has no address'), '', 0);
        else if (all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error, '', 0),
    );
  };

  const dispatcher = new Agent({
    connect: { lookup: pinned, timeout: options.connectTimeout },
    connections: options.connections,
    maxHeaderSize: 16_384,
  });

  function parseUrl(text: string): URL {
    const url = URL.parse(text);
    if (url === null) throw refused('The URL is not valid');
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw refused('The URL must begin with https:// or http://');
    if (url.username !== '' || url.password !== '') throw refused('The URL must not contain a user name or a password');
    // The parser has made 0x7f.1, 2130706433 and the like into dotted addresses.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0) assertReachable(host, allowPrivate);
    return url;
  }

  async function resolveHost(host: string): Promise<readonly Address[]> {
    const bare = host.replace(/^\[|\]$/g, '');
    const family = isIP(bare);
    if (family === 0) return resolve(bare);
    assertReachable(bare, allowPrivate);
    return [{ address: bare, family }];
  }

  async function checkHost(host: string): Promise<void> {
    try {
      await resolveHost(host);
    } catch (error) {
      if (isCoded(error)) throw error;
    }
  }

  return {
    dispatcher,
    parseUrl,
    checkUrl: async (text) => checkHost(parseUrl(text).hostname),
    checkHost,
    addressOf: async (host) => {
      const [first] = await resolveHost(host);
      if (first === undefined) throw new CodedError('DESTINATION_REFUSED', 'The host has no address');
      return first;
    },
    close: () => dispatcher.close(),
  };
}

function assertReachable(address: string, allowPrivate: boolean): void {
  const kind = addressKind(address);
  if (kind === 'public' || (kind === 'private' && allowPrivate)) return;
  throw refused(
    kind === 'private'
      ? 'The host is on a private network; set SPANWARDEN_ALLOW_PRIVATE_DESTINATIONS to allow that'
      : 'The host has an address that no destination may have (link-local, metadata, multicast or reserved)',
  );
}

function refused(message: string): CodedError {
  return new CodedError('DESTINATION_REFUSED', message, { extra: { field: 'url' } });
}
