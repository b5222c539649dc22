import { Field } from '../../parts/field.tsx';

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
const FIELDS = {
  rule: 'Rule',
  tag: 'Tag',
  agent: 'Agent',
  user: 'User',
  session: 'Session',
  entity: 'Entity (kind:value)',
} as const;

export type Match = Readonly<Record<string, readonly string[]>>;

/** Inputs for what of an alert must hold: one of the values of each field that is named; * stands for any run. */
export function MatcherFields({ legend, prefix, match = {} }: { legend: string; prefix: string; match?: Match }) {
  return (
    <fieldset className="matcher">
      <legend>{legend}</legend>
      <div className="row wrap">
        {SEVERITIES.map((severity) => (
          <label key={severity} className="row small">
            <input
              type="checkbox"
              name={`${prefix}severity`}
              value={severity}
              defaultChecked={match['severity']?.includes(severity)}
            />
            {severity}
          </label>
        ))}
      </div>
      <div className="form-grid">
        {Object.entries(FIELDS).map(([name, words]) => (
          <Field key={name} label={words}>
            <input
              className="input mono"
              name={`${prefix}${name}`}
              placeholder="any"
              defaultValue={match[name]?.join(', ')}
            />
          </Field>
        ))}
      </div>
    </fieldset>
  );
}

/** The matcher that a form's inputs under a prefix make. */
export function matcherOf(form: FormData, prefix: string): Match {
  const severities = form.getAll(`${prefix}severity`).map(String);
  const others = Object.keys(FIELDS).flatMap((name) => {
    const values = listOf(String(form.get(`${prefix}${name}`) ?? ''));
    return values.length === 0 ? [] : [[name, values] as const];
  });
  return { ...(severities.length > 0 && { severity: severities }), ...Object.fromEntries(others) };
}

export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}

/** A matcher in words. */
export function MatchWords({ match }: { match: Match | undefined }) {
  const parts = Object.entries(match ?? {});
  if (parts.length === 0) return <span className="faint">every alert</span>;
  return (
    <>
      {parts.map(([field, values]) => (
        <div key={field}>
          {field} <code>{values.join(' or ')}</code>
        </div>
      ))}
    </>
  );
}
