import type { Settings } from '../store.ts';

export interface QueryLimits {
  readonly seconds: number;
  readonly memoryBytes: number;
  readonly rowsToRead: number;
  readonly bytesToRead: number;
  readonly resultRows: number;
  readonly resultBytes: number;
}

export const DEFAULT_QUERY_LIMITS: QueryLimits = {
  seconds: 30,
  memoryBytes: 400_000_000,
  rowsToRead: 1_000_000_000,
  bytesToRead: 50_000_000_000,
  resultRows: 10_000,
  resultBytes: 50_000_000,
};

/**
 * Bounds and switches of everything that an analyst's query causes to run, and what else the guard itself needs. `readonly`
 * comes last: no setting changes after it.
 */
export function guardSettings(limits: QueryLimits, more: Settings = {}): Settings {
  return {
    max_execution_time: limits.seconds,
    timeout_overflow_mode: 'throw',
    max_memory_usage: limits.memoryBytes,
    max_rows_to_read: limits.rowsToRead,
    max_bytes_to_read: limits.bytesToRead,
    read_overflow_mode: 'throw',
    max_temporary_data_on_disk_size_for_query: 1_000_000_000,
    max_threads: 2,
    // The engine looks at the clock between blocks only, so a block must not hold much work.
    max_block_size: 4_096,
    function_range_max_elements_in_block: 200_000,
    max_ast_depth: 500,
    max_ast_elements: 20_000,
    max_expanded_ast_elements: 100_000,
    max_parser_depth: 500,
    max_parser_backtracks: 200_000,
    max_subquery_depth: 50,
    max_recursive_cte_evaluation_depth: 200,
    allow_introspection_functions: 0,
    allow_ddl: 0,
    enable_analyzer: 1,
    output_format_json_quote_64bit_integers: 1,
    output_format_json_validate_utf8: 1,
    optimize_functions_to_subcolumns: 0,
    ...more,
    readonly: 1,
  };
}
