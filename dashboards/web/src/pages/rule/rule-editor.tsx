import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { duration, grouped } from '../../number.ts';
import type { Mark } from '../../parts/code-editor.tsx';
import { download } from '../../parts/download.ts';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { LineDiff } from '../../parts/line-diff.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Problem, request } from '../../request.ts';
import { BacktestPanel } from './backtest-panel.tsx';
import type { RuleCheck } from './rule-source.ts';

const CodeEditor = lazy(() => import('../../parts/code-editor.tsx'));

/** What an editor begins with. */
export interface RuleDraft {
  readonly id: string;
  readonly format: 'sql' | 'yaml';
  readonly text: string;
  readonly tests: string;
  readonly revision: number;
}

/** Both files of a rule, with what is wrong beside them: check, backtest, save. Nothing runs before it is saved. */
export function RuleEditor({ draft, running }: { draft: RuleDraft; running: string }) {
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const [tab, setTab] = useState('rule');
  const [text, setText] = useState(draft.text);
  const [tests, setTests] = useState(draft.tests);
  const [note, setNote] = useState('');
  const path = `/rules/${encodeURIComponent(draft.id)}`;
  const body = { format: draft.format, text, tests };
  const check = useMutation({ mutationFn: () => request<RuleCheck>('POST', `${path}/check`, body) });
  const save = useMutation({
    mutationFn: () => request('PUT', path, { ...body, note, revision: draft.revision }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['rules'] });
      await client.invalidateQueries({ queryKey: ['rule', draft.id] });
      navigate(path);
    },
  });
  const refused = save.error instanceof Problem && save.error.code === 'RULE_INVALID' ? save.error.extra : undefined;
  const found = (refused as unknown as RuleCheck | undefined) ?? check.data;
  const marks = useMemo(() => marksOf(found), [found]);
  const busy = check.isPending || save.isPending;
  const run = () => {
    save.reset();
    check.mutate();
  };
  return (
    <div className="editing">
      <section className="panel" aria-label="Files">
        <div className="row spread wrap" style={{ padding: '8px 14px 0' }}>
          <Tabs
            tabs={{ rule: `${draft.id}.${draft.format}`, tests: 'Tests', changes: 'Changes' }}
            chosen={tab}
            choose={setTab}
          />
          <button
            type="button"
            className="button"
            onClick={() => {
              download(text, `${draft.id}.${draft.format}`);
              download(tests, `${draft.id}.test.yaml`);
            }}
          >
            Download the files
          </button>
        </div>
        {tab === 'changes' ? (
          <div className="body">
            <LineDiff label="Changes against the rule that runs" before={running} after={text} />
          </div>
        ) : (
          <Suspense fallback={<Skeleton height={360} />}>
            <CodeEditor
              key={tab}
              text={tab === 'rule' ? text : tests}
              change={tab === 'rule' ? setText : setTests}
              label={tab === 'rule' ? 'Rule' : 'Tests'}
              marks={tab === 'rule' ? marks.rule : marks.tests}
            />
          </Suspense>
        )}
      </section>
      <div className="stack" style={{ gap: 16 }}>
        <section className="panel" aria-label="Check">
          <header>
            <h2>Check</h2>
            <button type="button" className="button" disabled={busy} onClick={run}>
              {check.isPending ? 'Testing…' : 'Lint and test'}
            </button>
          </header>
          <div className="body stack" aria-live="polite">
            {check.error && <Failure error={check.error} />}
            {found ? (
              <Found check={found} open={setTab} />
            ) : (
              <p className="muted">
                The linter reads the rule, then its tests run in a process of their own on an empty store.
              </p>
            )}
          </div>
        </section>
        <BacktestPanel id={draft.id} draft={body} />
        <section className="panel" aria-label="Save">
          <header>
            <h2>Save</h2>
          </header>
          <form
            className="body stack"
            onSubmit={(event) => {
              event.preventDefault();
              check.reset();
              save.mutate();
            }}
          >
            {save.error && refused === undefined && <Failure error={save.error} />}
            <Field label="Why" hint="Kept with the version, for those who come later">
              <input className="input" value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
            </Field>
            <p className="small muted">
              Checked once more, then it runs within seconds, for your org alone. Every version is kept.
            </p>
            <div className="row">
              <button type="submit" className="button primary" disabled={busy}>
                {save.isPending ? 'Checking…' : 'Save and run'}
              </button>
              <button type="button" className="button" onClick={() => navigate(path)}>
                Cancel
              </button>
            </div>
          </form>
        </section>
      </div>
    </div>
  );
}

function marksOf(check: RuleCheck | undefined): { rule: Mark[]; tests: Mark[] } {
  const of = (file: string) =>
    (check?.problems ?? []).filter((one) => one.file === file).map(({ line, text }) => ({ line, text }));
  return { rule: of('rule'), tests: of('tests') };
}

function Found({ check, open }: { check: RuleCheck; open: (tab: string) => void }) {
  const failed = check.tests.filter(({ passed }) => !passed).length;
  return (
    <>
      {check.ok && (
        <p>
          <span className="chip good">in order</span> {grouped(check.tests.length)} tests passed.
        </p>
      )}
      {check.problems.length > 0 && (
        <ul className="stack" style={{ gap: 6 }} aria-label="Problems">
          {check.problems.map(({ file, line, text }) => (
            <li key={`${file} ${line} ${text}`}>
              <button type="button" className="button plain" onClick={() => open(file)}>
                {file === 'rule' ? 'Rule' : 'Tests'}, line {line}
              </button>{' '}
              {text}
            </li>
          ))}
        </ul>
      )}
      {failed > 0 && <p className="sev critical">{grouped(failed)} of the tests failed.</p>}
      <ul className="stack" style={{ gap: 4 }} aria-label="Tests">
        {check.tests.map(({ test, passed, problem, seconds }) => (
          <li key={test}>
            <span className={passed ? 'chip good' : 'chip critical'}>{passed ? 'passed' : 'failed'}</span> {test}{' '}
            <span className="faint small">{duration(seconds * 1_000)}</span>
            {!passed && <div className="small muted">{problem}</div>}
          </li>
        ))}
      </ul>
    </>
  );
}
