import { describe, expect, it } from 'vitest';
import { temporaryStore } from '../../temporary-store.ts';

const { store } = await temporaryStore();
const inOrg = { database: 'org_default' };

describe('embedded store', () => {
  it('keeps 64-bit integers exact in both directions', async () => {
    await store.command(
      'CREATE TABLE exact (n UInt64, list Array(UInt64), at DateTime64(9)) ENGINE = Memory',
      {},
      inOrg,
    );
    const line = '[18446744073709551615, ["18446744073709551614", 1], "1544712660123456789"]\n';
    await store.insertLines('org_default.exact', ['n', 'list', 'at'], Buffer.from(line), 'token');
    expect(await store.query('SELECT * FROM exact', {}, inOrg)).toEqual([
      { n: '18446744073709551615', list: ['18446744073709551614', '1'], at: '2018-12-13 14:51:00.123456789' },
    ]);
  });

  it('binds hostile values as values', async () => {
    const value = "it's \\ \n ' OR 1 = 1; DROP TABLE otel_traces -- {x: String}";
    expect(await store.query('SELECT {value: String} AS value', { value }, inOrg)).toEqual([{ value }]);
    for (const text of [
      "'; SELECT 1; --",
      "\\'; SELECT 1; --",
      "\\\\'",
      '\t\r\n\0',
      "'",
      '\\',
      'é🦊',
      "['a','b']",
      'NULL',
      '',
    ]) {
      expect(await store.query('SELECT {value: String} AS value', { value: text }, inOrg)).toEqual([{ value: text }]);
    }
    const list = [value, 'b', "\\'", '', 'NULL'];
    expect(await store.query('SELECT {value: Array(String)} AS value', { value: list }, inOrg)).toEqual([
      { value: list },
    ]);
    expect(
      await store.query('SELECT {a: UInt8} AS a, {b: Bool} AS b, {c: Float64} AS c', { a: 7, b: true, c: 0.5 }),
    ).toEqual([{ a: 7, b: true, c: 0.5 }]);
  });

  it('lets a query with parameters pass a slower one', async () => {
    const slow = store.query('SELECT sleep({seconds: Float64})', { seconds: 1.5 });
    const order = await Promise.race([
      slow.then(() => 'slow'),
      store.query('SELECT {n: UInt8}', { n: 1 }).then(() => 'quick'),
    ]);
    expect(order).toBe('quick');
    await slow;
  });

  it('keeps the settings of one statement from the next', async () => {
    const strict = { ...inOrg, settings: { max_threads: 1, readonly: 1 } };
    await expect(store.command('CREATE TABLE no (a Int8) ENGINE = Memory', {}, strict)).rejects.toThrow(/readonly/);
    await store.command('CREATE TABLE yes (a Int8) ENGINE = Memory', {}, inOrg);
    expect(await store.query('EXISTS TABLE yes', {}, inOrg)).toEqual([{ result: 1 }]);
  });

  it('runs statements side by side', async () => {
    const begun = () => store.query<{ at: string }>('SELECT toUnixTimestamp64Milli(now64(3)) AS at, sleep(2)');
    const times = (await Promise.all([begun(), begun(), begun()])).map(([row]) => Number(row!.at));
    // The last began before the first had ended.
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(2_000);
  });

  it('serves more statements than it has connections', async () => {
    const rows = await Promise.all(Array.from({ length: 50 }, (_, n) => store.query('SELECT {n: UInt32} AS n', { n })));
    expect(rows.map(([row]) => row)).toEqual(Array.from({ length: 50 }, (_, n) => ({ n })));
  });

  it('tells how many rows a query read', async () => {
    await store.command(
      'CREATE TABLE some ENGINE = MergeTree ORDER BY n AS SELECT number AS n FROM numbers(100000)',
      {},
      inOrg,
    );
    expect(await store.measure('SELECT count() AS c FROM some WHERE n % 2 = 0', {}, inOrg)).toMatchObject({
      rows: [{ c: '50000' }],
      rowsRead: 100_000,
    });
    expect(await store.measure('SELECT n FROM some WHERE n > 1e9', {}, inOrg)).toMatchObject({ rows: [] });
  });

  it('tells refusals from failures that pass', async () => {
    await expect(store.query('SELECT nonsense')).rejects.toMatchObject({ code: 'STORE_REFUSED', retryable: false });
    await expect(
      store.query('SELECT count() FROM numbers(1e10)', {}, { settings: { max_execution_time: 0.1 } }),
    ).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  });

  it('refuses a row it cannot read without telling what was in it', async () => {
    const insert = (line: string) =>
      store.insertLines('org_default.deployments', ['id', 'deployed_at'], Buffer.from(line), line);
    await expect(insert('["secret-word", {"not": "a time"}]\n')).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      message: expect.not.stringMatching(/secret-word|a time/),
    });
    await insert('["fine", "2026-01-01 00:00:00"]\n');
  });

  it('reads nothing outside the database through table functions', async () => {
    for (const source of [
      "file('/etc/passwd', 'LineAsString')",
      "url('http://127.0.0.1/', 'LineAsString')",
      "s3('http://127.0.0.1/bucket/key', 'CSV')",
    ]) {
      await expect(store.query(`SELECT * FROM ${source}`)).rejects.toThrow(/privileges/);
    }
  });
});
