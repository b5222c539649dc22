/** Tables whose rows are spread over the shards, by trace. All others are small and stand on the first shard. */
const SPREAD: ReadonlySet<string> = new Set(['otel_traces', 'otel_logs']);

/** Suffix of the table that holds the rows of a shard; the plain name is that of the Distributed table over all shards. */
export const LOCAL = '_local';

const NAME = '(?:`?\\w+`?\\.)?`?\\w+`?';
const CREATE_DATABASE = /^(CREATE DATABASE IF NOT EXISTS `?\w+`?)$/;
const DROP_DATABASE = /^(DROP DATABASE (?:IF EXISTS )?`?\w+`?)( SYNC)?$/;
const CREATE_TABLE = new RegExp(`^CREATE TABLE IF NOT EXISTS (${NAME})(\\s*\\([\\s\\S]*)$`);
const CREATE_FEED = new RegExp(`^CREATE MATERIALIZED VIEW IF NOT EXISTS (${NAME}) TO (${NAME}) AS\\s([\\s\\S]*)$`);
const CREATE_VIEW = new RegExp(`^(CREATE OR REPLACE VIEW ${NAME})( AS\\s[\\s\\S]*)$`);
const ALTER_TABLE = new RegExp(`^ALTER TABLE (${NAME})(\\s[\\s\\S]*)$`);
const DELETE_FROM = new RegExp(`^DELETE FROM (${NAME})(\\s[\\s\\S]*)$`);
const ENGINE = /\bENGINE = (\w*MergeTree)(?:\(([^()]*)\))?/;
const CHANGES_COLUMNS = /\b(?:ADD|DROP|MODIFY|RENAME) COLUMN\b/;

/**
 * What a statement that makes or changes tables becomes on a cluster: a Replicated table on every node and a Distributed one, under
 * the name that everybody reads, over all of them. Reads, inserts and anything else stay as they are: they go to the Distributed table.
 * Knows the forms that this product's own statements have.
 */
export function clusterStatements(sql: string, cluster: string): string[] {
  const statement = sql.replace(/^(?:\s*--.*\n)+/, '').trim();
  const on = `ON CLUSTER \`${cluster}\``;
  let found = CREATE_DATABASE.exec(statement);
  if (found) return [`${found[1]} ${on}`];
  found = DROP_DATABASE.exec(statement);
  if (found) return [`${found[1]} ${on} SYNC`];
  found = CREATE_TABLE.exec(statement);
  if (found && ENGINE.test(found[2]!)) {
    const [, name, rest] = found as unknown as [string, string, string];
    return [
      `CREATE TABLE IF NOT EXISTS ${local(name)} ${on}${rest.replace(ENGINE, replicated)}`,
      `CREATE TABLE IF NOT EXISTS ${name} ${on} AS ${local(name)} ${distributed(name, cluster)}`,
    ];
  }
  found = CREATE_FEED.exec(statement);
  if (found) {
    const [, name, target, query] = found as unknown as [string, string, string, string];
    // Each shard feeds its own part from its own rows.
    const ownRows = query.replace(/\bFROM (\w+)/g, (_, table: string) => `FROM ${local(table)}`);
    return [`CREATE MATERIALIZED VIEW IF NOT EXISTS ${name} ${on} TO ${local(target)} AS ${ownRows}`];
  }
  found = CREATE_VIEW.exec(statement);
  if (found) return [`${found[1]} ${on}${found[2]}`];
  found = ALTER_TABLE.exec(statement);
  if (found) {
    const [, name, change] = found as unknown as [string, string, string];
    const altered = `ALTER TABLE ${local(name)} ${on}${change}`;
    if (!CHANGES_COLUMNS.test(change)) return [altered];
    // Made anew instead of altered: it holds no rows, and has the columns of the local one for certain.
    return [altered, `CREATE OR REPLACE TABLE ${name} ${on} AS ${local(name)} ${distributed(name, cluster)}`];
  }
  found = DELETE_FROM.exec(statement);
  if (found) return [`DELETE FROM ${local(found[1]!)} ${on}${found[2]}`];
  return [sql];
}

function replicated(_: string, engine: string, args: string | undefined): string {
  const own = args === undefined || args.trim() === '' ? '' : `, ${args}`;
  return `ENGINE = Replicated${engine}('/clickhouse/tables/{uuid}/{shard}', '{replica}'${own})`;
}

function distributed(name: string, cluster: string): string {
  const table = plain(name);
  const database = name.includes('.') ? `'${plain(name.split('.')[0]!)}'` : 'currentDatabase()';
  // A trace is on one shard, so a span that comes again meets itself there.
  const key = SPREAD.has(table) ? 'sipHash64(TraceId)' : '0';
  return `ENGINE = Distributed('${cluster}', ${database}, '${table}${LOCAL}', ${key})`;
}

function local(name: string): string {
  return name.endsWith('`') ? `${name.slice(0, -1)}${LOCAL}\`` : `${name}${LOCAL}`;
}

function plain(name: string): string {
  return name.split('.').at(-1)!.replaceAll('`', '');
}
