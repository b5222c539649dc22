import { useQuery } from '@tanstack/react-query';
import type { Page } from '../../answers.ts';
import { Answer } from '../../parts/answer.tsx';
import { LineDiff } from '../../parts/line-diff.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';
import type { RuleRevision, RuleSource } from './rule-source.ts';

const WORDS = { edit: 'edited', enable: 'enabled', disable: 'disabled', restore: 'went back to the file' } as const;

/** What the org changed of a rule, the latest first, each edit against what ran before. */
export function RuleHistory({ id, source }: { id: string; source: RuleSource }) {
  const revisions = useQuery({
    queryKey: ['rule', id, 'revisions'],
    queryFn: () => request<Page<RuleRevision>>('GET', `/rules/${encodeURIComponent(id)}/revisions`),
  });
  return (
    <section className="panel span-6" aria-label="Changes">
      <header>
        <h2>Changes by your org</h2>
      </header>
      <div className="body stack">
        <Answer of={revisions}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="muted">None: it runs as its file says.</p>
            ) : (
              <ol className="stack" style={{ gap: 10 }}>
                {items.map((one, index) => (
                  <li key={one.revision}>
                    <div>
                      {one.edited_by} {WORDS[one.action]} it <When at={one.edited_at} />
                      {one.note !== '' && <span className="muted">: {one.note}</span>}
                    </div>
                    {one.action === 'edit' && (
                      <details>
                        <summary className="small">What changed</summary>
                        <LineDiff
                          label={`Revision ${one.revision}`}
                          before={before(items.slice(index + 1), source)}
                          after={one.text}
                        />
                      </details>
                    )}
                  </li>
                ))}
              </ol>
            )
          }
        </Answer>
      </div>
    </section>
  );
}

/** The text in force before: the org's latest one, else that of the file. */
function before(earlier: readonly RuleRevision[], { file }: RuleSource): string {
  const last = earlier[0];
  return last === undefined || last.text === '' ? (file?.text ?? '') : last.text;
}
