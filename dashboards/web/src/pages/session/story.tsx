import { useMemo } from 'react';
import type { OutlineSpan } from '../../answers.ts';
import { Said } from '../../parts/said.tsx';
import { When } from '../../parts/when.tsx';
import { colourOf, titleOf } from './provenance-of.ts';
import { SpanList } from './span-list.tsx';

interface Card {
  readonly span: OutlineSpan;
  readonly label: string;
  readonly text: string;
}

/** What was said and done, a card each, in order. */
export function Story({
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
  const cards = useMemo(() => cardsOf(spans), [spans]);
  const at = cards.findIndex(({ span }) => span === chosen);
  return (
    <SpanList
      label="Cards"
      count={cards.length}
      at={at}
      rowHeight={92}
      overscan={6}
      gap={8}
      padding={10}
      onEnd={onEnd}
      row={(index, top, measure) => {
        const { span, label, text } = cards[index]!;
        return (
          <div
            key={span.span_id}
            data-index={index}
            ref={measure}
            style={{ position: 'absolute', left: 10, right: 10, transform: `translateY(${top}px)` }}
          >
            <button
              type="button"
              className={`card ${label === 'User' ? 'user' : colourOf(span)}${index === at ? ' at' : ''}`}
              onClick={() => choose(span)}
            >
              <span className="row spread small faint">
                <span className="cut">
                  {label} · <span className="mono">{titleOf(span)}</span>
                </span>
                <When at={span.started_at} as="clock" />
              </span>
              {text === '' ? (
                <span className="said faint">
                  {isHidden(span) ? 'For its author and those who may read content.' : 'No text was sent.'}
                </span>
              ) : (
                <span className="said">
                  <Said text={text} />
                </span>
              )}
              {(span.verdict !== '' || span.write_provenance !== '' || span.status === 'Error') && (
                <span className="row wrap" style={{ gap: 4 }}>
                  {span.status === 'Error' && <span className="chip critical">error</span>}
                  {span.verdict !== '' && <span className="chip high">{span.verdict}</span>}
                  {span.write_provenance !== '' && (
                    <span className="chip memory">written from {span.write_provenance}</span>
                  )}
                </span>
              )}
            </button>
          </div>
        );
      }}
    />
  );
}

/** The server leaves texts out for whoever may not read them; one that was not sent is empty. */
function isHidden({ prompt, completion, tool_arguments, tool_result }: OutlineSpan): boolean {
  return [prompt, completion, tool_arguments, tool_result].every((text) => text === null);
}

/** Prompts once each: every call of a model repeats the one before. */
function cardsOf(spans: readonly OutlineSpan[]): Card[] {
  const prompts = new Set<string>();
  const answers = new Set<string>();
  return spans.flatMap((span): Card[] => {
    const { kind, prompt, completion, tool_arguments, tool_result } = span;
    const cards: Card[] = [];
    const isTool = kind === 'tool' || kind === 'retriever' || kind === 'memory' || kind === 'guardrail';
    if (isTool) {
      const label = span.memory_operation === 'write' ? 'Memory write' : kind === 'guardrail' ? 'Guardrail' : 'Tool';
      return [{ span, label, text: [tool_arguments, tool_result].filter(Boolean).join('\n→ ') || (completion ?? '') }];
    }
    if (prompt && !prompts.has(prompt)) {
      prompts.add(prompt);
      cards.push({ span, label: 'User', text: prompt });
    }
    // An agent's span ends with the answer of its last model call, which has a card of its own.
    if (kind === 'llm' && completion && !answers.has(completion)) {
      answers.add(completion);
      if (cards.length === 0) cards.push({ span, label: 'Model', text: completion });
    }
    return cards.length > 0 || kind !== 'llm' || prompt !== null ? cards : [{ span, label: 'Model', text: '' }];
  });
}
