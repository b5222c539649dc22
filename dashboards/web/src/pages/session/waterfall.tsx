import { useMemo } from 'react';
import type { OutlineSpan } from '../../answers.ts';
import { duration } from '../../number.ts';
import { colourOf, titleOf } from './provenance-of.ts';
import { SpanList } from './span-list.tsx';

interface Line {
  readonly span: OutlineSpan;
  readonly depth: number;
  /** Share of the whole, 0 to 1. */
  readonly start: number;
  readonly length: number;
}

const ROW_HEIGHT = 26;
/** Deeper ones are indented no more. */
const MOST_DEPTH = 12;

/** The spans as a tree over time. Only rows that are seen exist, so ten thousand scroll like ten. */
export function Waterfall({
  spans,
  chosen,
  choose,
  onEnd,
}: {
  spans: readonly OutlineSpan[];
  chosen: OutlineSpan | undefined;
  choose: (span: OutlineSpan) => void;
  /** Scrolled close to the end: the next page is wanted. */
  onEnd: () => void;
}) {
  const { lines, total } = useMemo(() => linesOf(spans), [spans]);
  const at = lines.findIndex(({ span }) => span === chosen);
  return (
    <SpanList
      label="Spans over time"
      count={lines.length}
      at={at}
      rowHeight={ROW_HEIGHT}
      overscan={16}
      onEnd={onEnd}
      head={
        <div className="axis">
          <span style={{ paddingLeft: 10 }}>Span</span>
          <span className="ticks">
            <span>0</span>
            <span>{duration(total / 2)}</span>
            <span>{duration(total)}</span>
          </span>
          <span className="num">Length</span>
        </div>
      }
      row={(index, top) => {
        const { span, depth, start, length } = lines[index]!;
        const colour = colourOf(span);
        return (
          <button
            key={span.span_id}
            type="button"
            className={index === at ? 'wf-line at' : 'wf-line'}
            style={{ transform: `translateY(${top}px)` }}
            onClick={() => choose(span)}
            tabIndex={index === Math.max(at, 0) ? 0 : -1}
            aria-current={index === at ? 'true' : undefined}
          >
            <span className="wf-name" style={{ paddingLeft: 10 + Math.min(depth, MOST_DEPTH) * 14 }}>
              <span className={`dot ${colour}`} />
              <span className="cut">{titleOf(span)}</span>
              {span.redactions > 0 && (
                <span className="faint" title={`${span.redactions} redacted values`}>
                  ▪{span.redactions}
                </span>
              )}
              {span.verdict !== '' && <span className="chip high">{span.verdict}</span>}
            </span>
            <span className="wf-track">
              <span className={`wf-bar ${colour}`} style={{ left: `${start * 100}%`, width: `${length * 100}%` }} />
            </span>
            <span className="num faint">{duration(Number(span.duration_ns) / 1e6)}</span>
          </button>
        );
      }}
    />
  );
}

/** Parents before their children, both by time. A span whose parent is not there, or that is its own ancestor, is a root. */
function linesOf(spans: readonly OutlineSpan[]): { lines: Line[]; total: number } {
  const known = new Set(spans.map(({ span_id }) => span_id));
  const children = Map.groupBy(spans, ({ parent_span_id }) => (known.has(parent_span_id) ? parent_span_id : ''));
  const starts = new Map(spans.map((span) => [span, Date.parse(span.started_at)]));
  const begin = Math.min(...(spans.length > 0 ? [starts.get(spans[0]!)!] : [0]));
  const end = spans.reduce(
    (latest, span) => Math.max(latest, starts.get(span)! + Number(span.duration_ns) / 1e6),
    begin + 0.001,
  );
  const total = end - begin;
  const lines: Line[] = [];
  const placed = new Set<OutlineSpan>();
  // A stack, not recursion: a trace may be ten thousand deep.
  const place = (roots: readonly OutlineSpan[]) => {
    const stack = roots.toReversed().map((span) => ({ span, depth: 0 }));
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { span, depth } = next;
      if (placed.has(span)) continue;
      placed.add(span);
      const start = Math.max(0, (starts.get(span)! - begin) / total);
      lines.push({ span, depth, start, length: Math.min(Number(span.duration_ns) / 1e6 / total, 1 - start) });
      for (const child of (children.get(span.span_id) ?? []).toReversed())
        stack.push({ span: child, depth: depth + 1 });
    }
  };
  place(children.get('') ?? []);
  place(spans.filter((span) => !placed.has(span)));
  return { lines, total };
}
