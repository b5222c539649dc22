import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { Answer } from '../../parts/answer.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { pathOf, request } from '../../request.ts';
import { type RuleDraft, RuleEditor } from './rule-editor.tsx';
import type { RuleSource } from './rule-source.ts';

const KINDS = {
  threshold: 'Threshold: so many of something',
  sequence: 'Sequence: one thing after another',
  new_terms: 'New terms: never seen before',
  correlation: 'Correlation: several rules about one thing',
  scheduled: 'SQL: a query of your own',
  summary: 'Summary: what a session’s summary says',
} as const;
const ENTITIES = ['session', 'agent', 'user', 'tool', 'memory'] as const;

/** Writes a rule in the browser: one that is there, or a new one from a template. */
export default function RuleEditorPage({ id }: { id: string | undefined }) {
  return (
    <div className="page">
      <h1>{id === undefined ? 'New rule' : `Edit ${id}`}</h1>
      {id === undefined ? <NewRule /> : <KnownRule id={id} />}
    </div>
  );
}

function KnownRule({ id }: { id: string }) {
  const source = useQuery({
    queryKey: ['rule', id, 'source'],
    queryFn: () => request<RuleSource>('GET', `/rules/${encodeURIComponent(id)}/source`),
    // Loaded again it would take the text from under the author's hands.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <Answer of={source} height={400} rows={1}>
      {({ format, text, tests, revision, editable }) =>
        editable && format !== 'ts' ? (
          <RuleEditor draft={{ id, format, text, tests, revision }} running={text} />
        ) : (
          <p className="muted">
            This detector is TypeScript, whose code would run with the rights of the server: it is changed in its file
            and reviewed like other code. <Link href={`/rules/${id}`}>Back to the rule</Link>
          </p>
        )
      }
    </Answer>
  );
}

function NewRule() {
  const [draft, setDraft] = useState<RuleDraft>();
  const [error, setError] = useState<unknown>();
  const begin = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const asked = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    setError(undefined);
    try {
      const template = await request<Pick<RuleDraft, 'format' | 'text' | 'tests'>>(
        'GET',
        pathOf('/rules/template', asked),
      );
      setDraft({ ...template, id: asked['id']!, revision: 0 });
    } catch (failure) {
      setError(failure);
    }
  };
  if (draft) return <RuleEditor draft={draft} running="" />;
  return (
    <form className="panel body stack" style={{ maxWidth: 640, padding: 16 }} onSubmit={(event) => void begin(event)}>
      <p className="muted">A template to fill in: the rule, and tests that fail until you say what it is for.</p>
      {error !== undefined && <Failure error={error} />}
      <Field label="Name">
        <input className="input" name="name" required minLength={3} maxLength={200} placeholder="Refused deletions" />
      </Field>
      <Field label="Id" hint="Lower-case words joined by hyphens">
        <input
          className="input mono"
          name="id"
          required
          maxLength={100}
          pattern="[a-z0-9]+(-[a-z0-9]+)*"
          placeholder="refused-deletions"
        />
      </Field>
      <Field label="Kind">
        <select className="input" name="kind">
          {Object.entries(KINDS).map(([kind, words]) => (
            <option key={kind} value={kind}>
              {words}
            </option>
          ))}
        </select>
      </Field>
      <div className="row wrap">
        <Field label="Severity">
          <select className="input" name="severity" defaultValue="medium">
            {['low', 'medium', 'high', 'critical'].map((severity) => (
              <option key={severity}>{severity}</option>
            ))}
          </select>
        </Field>
        <Field label="About a">
          <select className="input" name="entity">
            {ENTITIES.map((entity) => (
              <option key={entity}>{entity}</option>
            ))}
          </select>
        </Field>
      </div>
      <div>
        <button type="submit" className="button primary">
          Begin
        </button>
      </div>
    </form>
  );
}
