import { describe, expect, test } from 'vitest';
import { addressKind } from '../../../engine/alerts/destinations/address-guard.ts';
import { createGuardedNetwork, type Lookup } from '../../../engine/alerts/destinations/guarded-network.ts';

const nowhere: Lookup = () => Promise.reject(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }));

function network(allowPrivate: boolean, lookup: Lookup = nowhere) {
  return createGuardedNetwork({ allowPrivate, lookup, connections: 1, connectTimeout: 1_000 });
}

describe('addresses', () => {
  test.each([
    ['8.8.8.8', 'public'],
    ['100.63.255.255', 'public'],
    ['172.32.0.1', 'public'],
    ['2606:4700:4700::1111', 'public'],
    ['10.1.2.3', 'private'],
    ['100.64.0.1', 'private'],
    ['127.0.0.1', 'private'],
    ['127.255.255.254', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['::1', 'private'],
    ['fc00::1', 'private'],
    ['fdff::1', 'private'],
    ['0.0.0.0', 'forbidden'],
    ['0.1.2.3', 'forbidden'],
    ['169.254.169.254', 'forbidden'],
    ['169.254.0.1', 'forbidden'],
    ['168.63.129.16', 'forbidden'],
    ['100.100.100.200', 'forbidden'],
    ['192.0.0.192', 'forbidden'],
    ['192.0.2.1', 'forbidden'],
    ['198.18.0.1', 'forbidden'],
    ['198.51.100.1', 'forbidden'],
    ['203.0.113.1', 'forbidden'],
    ['224.0.0.1', 'forbidden'],
    ['239.255.255.255', 'forbidden'],
    ['240.0.0.1', 'forbidden'],
    ['255.255.255.255', 'forbidden'],
    ['::', 'forbidden'],
    ['::ffff:8.8.8.8', 'forbidden'],
    ['::ffff:169.254.169.254', 'forbidden'],
    ['::8.8.8.8', 'forbidden'],
    ['64:ff9b::a00:1', 'forbidden'],
    ['64:ff9b:1::1', 'forbidden'],
    ['100::1', 'forbidden'],
    ['2001::1', 'forbidden'],
    ['2001:db8::1', 'forbidden'],
    ['2002:7f00:1::', 'forbidden'],
    ['3fff::1', 'forbidden'],
    ['4000::1', 'forbidden'],
    ['fe80::1', 'forbidden'],
    ['fe80::1%eth0', 'forbidden'],
    ['fec0::1', 'forbidden'],
    ['fd00:ec2::254', 'forbidden'],
    ['ff02::1', 'forbidden'],
    ['localhost', 'forbidden'],
    ['', 'forbidden'],
  ])('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });

  test('an IPv4-mapped private address is never public', () => {
    expect(addressKind('::ffff:127.0.0.1')).not.toBe('public');
    expect(addressKind('::ffff:10.0.0.1')).not.toBe('public');
  });
});

describe('URLs', () => {
  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.1/',
    'http://017700000001/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://①②⑦.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[0:0:0:0:0:ffff:7f00:1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[fe80::1]/',
    'http://0/',
    'http://10.0.0.1:8080/x',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.64.0.1/',
    'http://224.0.0.1/',
    'ftp://8.8.8.8/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'unix:/var/run/docker.sock',
    'https://user:secret@hooks.example.com/',
    'https://user@hooks.example.com/',
    'https://:secret@hooks.example.com/',
    'http://1.1.1.1@127.0.0.1/',
    'not a url',
    '//8.8.8.8/',
    '',
  ])('%s is refused', async (url) => {
    await expect(network(false).checkUrl(url)).rejects.toMatchObject({ code: 'DESTINATION_REFUSED' });
  });

  test('a refusal does not repeat what was entered', async () => {
    await expect(network(false).checkUrl('https://user:hunter2@hooks.example.com/')).rejects.not.toThrow('hunter2');
  });

  test.each(['https://8.8.8.8/hook', 'http://[2606:4700:4700::1111]:8080/', 'https://hooks.example.com/a?b=c'])(
    '%s is taken',
    async (url) => {
      await expect(network(false).checkUrl(url)).resolves.toBeUndefined();
    },
  );

  test.each([
    ['http://127.0.0.1:9000/', true],
    ['http://[::1]/', true],
    ['http://192.168.0.9/', true],
    ['http://169.254.169.254/', false],
    ['http://100.100.100.200/', false],
    ['http://[fd00:ec2::254]/', false],
    ['http://0.0.0.0/', false],
    ['http://224.0.0.1/', false],
    ['https://user:pw@10.0.0.1/', false],
  ])('with private networks allowed, %s is taken: %s', async (url, taken) => {
    const check = network(true).checkUrl(url);
    await (taken ? expect(check).resolves.toBeUndefined() : expect(check).rejects.toThrow());
  });
});

describe('host names', () => {
  const answering =
    (...addresses: string[]): Lookup =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

  test.each([
    ['a private address', answering('10.0.0.1')],
    ['loopback', answering('127.0.0.1')],
    ['a metadata address', answering('169.254.169.254')],
    ['a mapped address', answering('::ffff:10.0.0.1')],
    ['one private address among public ones', answering('8.8.8.8', '2606:4700:4700::1111', '192.168.0.1')],
  ])('a name with %s is refused', async (_, lookup) => {
    await expect(network(false, lookup).checkUrl('https://hooks.example.com/')).rejects.toMatchObject({
      code: 'DESTINATION_REFUSED',
    });
  });

  test('a name with public addresses is taken, and so is one that does not resolve just now', async () => {
    await expect(network(false, answering('8.8.8.8')).checkUrl('https://hooks.example.com/')).resolves.toBeUndefined();
    await expect(network(false, nowhere).checkUrl('https://hooks.example.com/')).resolves.toBeUndefined();
  });
});
