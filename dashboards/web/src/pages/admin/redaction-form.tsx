import { type FormEvent, useState } from 'react';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { listOf } from './matcher.tsx';

type Action = 'keep' | 'token' | 'drop';

interface OwnKind {
  kind: string;
  class: 'secret' | 'pii';
  keywords: string[];
  pattern: string;
}

export interface RedactionPolicy {
  suffix_length: number;
  actions: Record<string, Action>;
  own_kinds: OwnKind[];
  allowed: string[];
  tools: Record<string, string[]>;
  attributes: { structural: string[]; content: string[] };
}

const ACTION_WORDS: Readonly<Record<Action, string>> = {
  token: 'a token stands for it',
  drop: 'nothing of it stays',
  keep: 'it stays',
};

/** The policy as a form: classes and kinds as rows, lists as lines. */
export function RedactionForm({
  policy,
  pending,
  save,
}: {
  policy: RedactionPolicy;
  pending: boolean;
  save: (policy: RedactionPolicy) => void;
}) {
  const [kinds, setKinds] = useState(
    Object.entries(policy.actions).filter(([kind]) => kind !== 'pii' && kind !== 'secret'),
  );
  const [own, setOwn] = useState(policy.own_kinds.map((kind) => ({ ...kind, id: crypto.randomUUID() })));
  const [error, setError] = useState<unknown>();
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    try {
      save(policyOf(new FormData(event.currentTarget)));
      setError(undefined);
    } catch (wrong) {
      setError(wrong);
    }
  };
  return (
    <form className="panel body stack" style={{ padding: 14 }} onSubmit={send}>
      <fieldset className="matcher">
        <legend>What becomes of it</legend>
        <div className="form-grid">
          <ActionField name="secret" label="Credentials" chosen={policy.actions['secret'] ?? 'token'} secret />
          <ActionField name="pii" label="Personal data" chosen={policy.actions['pii'] ?? 'token'} />
          <Field label="Length of a token’s suffix" hint="4 to 24; longer is told apart better">
            <input
              className="input"
              type="number"
              name="suffix_length"
              min={4}
              max={24}
              defaultValue={policy.suffix_length}
            />
          </Field>
        </div>
      </fieldset>
      <fieldset className="matcher">
        <legend>Single kinds otherwise</legend>
        {kinds.map(([kind, action], index) => (
          <div key={kind || `new ${index + 1}`} className="row wrap">
            <input
              className="input mono"
              name="kind"
              aria-label="Kind"
              defaultValue={kind}
              placeholder="EMAIL"
              pattern="[A-Z][A-Z0-9_]{1,39}"
            />
            <select className="input" name="kind_action" aria-label={`What becomes of ${kind}`} defaultValue={action}>
              {Object.entries(ACTION_WORDS).map(([key, words]) => (
                <option key={key} value={key}>
                  {words}
                </option>
              ))}
            </select>
            <button
              type="button"
              className="button plain"
              onClick={() => setKinds(kinds.filter((_, at) => at !== index))}
            >
              Take away
            </button>
          </div>
        ))}
        <div>
          <button type="button" className="button" onClick={() => setKinds([...kinds, ['', 'token']])}>
            Add a kind
          </button>
        </div>
      </fieldset>
      <fieldset className="matcher">
        <legend>Kinds of your own</legend>
        {own.map((kind) => (
          <div key={kind.id} className="form-grid">
            <Field label="Kind">
              <input className="input mono" name="own_kind" defaultValue={kind.kind} required placeholder="BADGE" />
            </Field>
            <Field label="Class">
              <select className="input" name="own_class" defaultValue={kind.class}>
                <option value="secret">credential</option>
                <option value="pii">personal data</option>
              </select>
            </Field>
            <Field label="Words before it" hint="Apart by commas">
              <input className="input" name="own_keywords" defaultValue={kind.keywords.join(', ')} required />
            </Field>
            <Field label="Pattern" hint="A regular expression that runs in linear time">
              <input className="input mono" name="own_pattern" defaultValue={kind.pattern} required />
            </Field>
            <button
              type="button"
              className="button plain"
              onClick={() => setOwn(own.filter(({ id }) => id !== kind.id))}
            >
              Take away
            </button>
          </div>
        ))}
        <div>
          <button
            type="button"
            className="button"
            onClick={() =>
              setOwn([...own, { id: crypto.randomUUID(), kind: '', class: 'pii', keywords: [], pattern: '' }])
            }
          >
            Add a kind of your own
          </button>
        </div>
      </fieldset>
      <div className="form-grid">
        <Field label="Attributes that are facts" hint="A key a line; name.* for all below">
          <textarea
            className="input mono"
            name="structural"
            rows={4}
            defaultValue={policy.attributes.structural.join('\n')}
          />
        </Field>
        <Field label="Attributes that are content" hint="A key a line">
          <textarea
            className="input mono"
            name="content"
            rows={4}
            defaultValue={policy.attributes.content.join('\n')}
          />
        </Field>
        <Field label="Arguments that stay" hint="A tool a line: tool: argument, argument">
          <textarea className="input mono" name="tools" rows={4} defaultValue={toolLines(policy.tools)} />
        </Field>
        <Field label="Values that stay" hint="Fingerprints, one a line; look a value up below">
          <textarea className="input mono" name="allowed" rows={4} defaultValue={policy.allowed.join('\n')} />
        </Field>
      </div>
      {error !== undefined && <Failure error={error} />}
      <div>
        <button type="submit" className="button primary" disabled={pending}>
          Save the policy
        </button>
      </div>
    </form>
  );
}

function ActionField({
  name,
  label,
  chosen,
  secret = false,
}: {
  name: string;
  label: string;
  chosen: Action;
  secret?: boolean;
}) {
  return (
    <Field label={label} hint={secret ? 'Never kept; single values can be allowed' : undefined}>
      <select className="input" name={name} defaultValue={chosen}>
        {Object.entries(ACTION_WORDS)
          .filter(([key]) => !secret || key !== 'keep')
          .map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
      </select>
    </Field>
  );
}

function policyOf(form: FormData): RedactionPolicy {
  const text = (name: string) => String(form.get(name) ?? '');
  const texts = (name: string) => form.getAll(name).map(String);
  const lines = (name: string) =>
    text(name)
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  const actions = texts('kind_action');
  const classes = texts('own_class');
  const keywords = texts('own_keywords');
  const patterns = texts('own_pattern');
  const single = texts('kind').flatMap((kind, at) => (kind === '' ? [] : [[kind, actions[at] as Action] as const]));
  return {
    suffix_length: Number(text('suffix_length')),
    actions: { secret: text('secret') as Action, pii: text('pii') as Action, ...Object.fromEntries(single) },
    own_kinds: texts('own_kind').map((kind, at) => ({
      kind,
      class: classes[at] as OwnKind['class'],
      keywords: listOf(keywords[at] ?? ''),
      pattern: patterns[at] ?? '',
    })),
    allowed: lines('allowed'),
    tools: Object.fromEntries(
      lines('tools').map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon < 0 ? undefined : colon).trim(), colon < 0 ? [] : listOf(line.slice(colon + 1))];
      }),
    ),
    attributes: { structural: lines('structural'), content: lines('content') },
  };
}

function toolLines(tools: Record<string, string[]>): string {
  return Object.entries(tools)
    .map(([tool, names]) => `${tool}: ${names.join(', ')}`)
    .join('\n');
}
