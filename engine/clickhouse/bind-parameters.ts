import { formatQueryParams } from '@clickhouse/client-common';

/**
 * {name: Type} parameters as settings of the statement's connection. The embedded engine binds parameters given any other way in
 * one place for the whole process, so that a trivial query would wait for every slower one before it.
 */
export function bindParameters(params: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [`param_${name}`, literal(formatQueryParams({ value }))]),
  );
}

/** The embedded connection only doubles quotes when it writes `SET name = '...'`; backslashes need the same. */
function literal(text: string): string {
  return text.replaceAll('\\', '\\\\');
}
