import type { UseQueryResult } from '@tanstack/react-query';
import type { Page } from '../../answers.ts';
import { Answer } from '../../parts/answer.tsx';
import type { Table } from '../../parts/code-editor.tsx';

/** The tables that may be asked, with what each column means; a click writes its name. */
export function SchemaTree({ schema, write }: { schema: UseQueryResult<Page<Table>>; write: (name: string) => void }) {
  return (
    <nav className="panel schema" aria-label="Tables" tabIndex={-1}>
      <Answer of={schema} height={20} rows={7}>
        {({ items }) =>
          items.map((table, index) => (
            <details key={table.name} open={index === 0 && innerWidth > 860}>
              <summary className="mono">{table.name}</summary>
              {table.columns.map((column) => (
                <button
                  key={column.name}
                  type="button"
                  title={[column.type, column.comment].filter(Boolean).join('. ')}
                  onClick={() => write(column.name)}
                >
                  <span className="mono cut">{column.name}</span>
                  <span className="faint cut">{column.type.replace(/^LowCardinality\((.+)\)$/, '$1')}</span>
                </button>
              ))}
            </details>
          ))
        }
      </Answer>
    </nav>
  );
}
