import { beforeAll, describe, expect, it } from 'vitest';
import {
  ALLOWED_AGGREGATES,
  ALLOWED_SCALARS,
  isAllowedFunction,
} from '../../../engine/clickhouse/sql-guard/allowed-functions.ts';
import { temporaryStore } from '../../temporary-store.ts';

interface EngineFunction {
  name: string;
  is_aggregate: number;
  alias_to: string;
  categories: string;
}

let functions: EngineFunction[];
let combinators: string[];
beforeAll(async () => {
  const { store } = await temporaryStore();
  functions = await store.query('SELECT name, is_aggregate, alias_to, categories FROM system.functions');
  combinators = (await store.query<{ name: string }>('SELECT name FROM system.aggregate_function_combinators')).map(
    ({ name }) => name,
  );
});

/** Functions that read outside the query, tell about the machine, wait, or run what they are given. */
const NEVER =
  /^(file|filesystem.*|dict.*|joinGet.*|has ?ColumnInTable|hasColumnInTable|get(Setting|ServerSetting|MergeTreeSetting|Macro|ServerPort|OSKernelVersion|ClientHTTPHeader|MaxTable.*).*|hostname|fqdn|fullHostName|serverUUID|.*[uU]ser|current(Roles|Profiles|QueryID|Schemas)|default(Roles|Profiles)|enabled(Roles|Profiles)|tcpPort|version|revision|buildId|uptime|addressTo.*|demangle|sleep.*|catboost.*|transaction.*|zookeeper.*|generateSerialID|structureTo.*|throwIf|aggThrow|ai[A-Z].*|AI[A-Z].*|formatRow.*|groupFormat|formatQuery.*|fuzzQuery|.*[qQ]uery(Or.*|SingleLine.*|KeepNames|Hash.*|WithSeed)?ID?|initializeAggregation|finalizeAggregation|evalMLMethod|naiveBayes.*|regionTo.*|region[A-Z].*|showCertificate|globalVariable|logTrace|tid|flameGraph|__.*|editDistance.*|levenshtein.*|damerau.*|jaro.*|repeat|space|randomString.*|arrayWithConstant|arrayResize|arrayFold|multiFuzzy.*|multiMatch.*|polygon.*|h3.*|timeSeries.*|decrypt|encrypt|displayName)$/;
const FINE = new Set(['queryString', 'cutQueryString', 'JSON_QUERY']);

describe('the list of allowed functions', () => {
  it('names only what the engine has', () => {
    const known = new Set(functions.map(({ name }) => name.toLowerCase()));
    expect([...ALLOWED_SCALARS, ...ALLOWED_AGGREGATES].filter((name) => !known.has(name))).toEqual([]);
  });

  it('allows no function that reaches out, whatever its case', () => {
    const bad = functions.filter(({ name }) => NEVER.test(name) && !FINE.has(name) && isAllowedFunction(name));
    expect(bad.map(({ name }) => name)).toEqual([]);
    for (const name of ['FILE', 'File', 'hostNAME', 'SLEEP', 'fileIf', 'sleepState'])
      expect(isAllowedFunction(name)).toBe(false);
  });

  it('allows no alias of a refused function', () => {
    const bad = functions.filter(
      ({ name, alias_to: of }) => of !== '' && isAllowedFunction(name) && !isAllowedFunction(of),
    );
    expect(bad.map(({ name }) => name)).toEqual([]);
  });

  it('allows no second function that differs from an allowed one by case alone', () => {
    const byName = Map.groupBy(functions, ({ name }) => name.toLowerCase());
    const clashes = [...byName.values()].filter(
      (same) => isAllowedFunction(same[0]!.name) && new Set(same.map(({ name, alias_to: of }) => of || name)).size > 1,
    );
    expect(clashes).toEqual([]);
  });

  it('allows nothing of categories that touch the server', () => {
    const closed = [
      'Dictionary',
      'Embedded Dictionary',
      'Introspection',
      'AI',
      'Machine Learning',
      'Encryption',
      'Geo',
      'Geo Polygon',
    ];
    const bad = functions.filter(({ name, categories }) => closed.includes(categories) && isAllowedFunction(name));
    expect(bad.map(({ name }) => name)).toEqual([]);
  });

  it('reads combinators as the engine does: a scalar never hides behind one', () => {
    const scalars = functions.filter((f) => f.is_aggregate === 0 && f.alias_to === '' && !isAllowedFunction(f.name));
    const bad = scalars
      .flatMap(({ name }) => combinators.map((suffix) => `${name}${suffix}`))
      .filter(isAllowedFunction);
    expect(bad).toEqual([]);
    for (const name of [
      'sumIf',
      'uniqExactIf',
      'groupArrayDistinct',
      'quantileTDigestIf',
      'sumMapIf',
      'avgOrNull',
      'uniqState',
    ]) {
      expect(isAllowedFunction(name), name).toBe(true);
    }
  });
});
