import { useMutation } from '@tanstack/react-query';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';
import { entriesOf } from './entries.ts';

interface RouteAnswer {
  explanation: string;
  held_back_by: string | null;
  destinations: { id: string; name: string; kind: string; route: string | null; not_before: string; how: string }[];
  escalates_to: { id: string; name: string; after_minutes: number }[];
}

/** Asks the routes where an alert would go, and sends nothing. */
export function RouteQuestion() {
  const ask = useMutation({ mutationFn: (body: unknown) => request<RouteAnswer>('POST', '/routes/test', body) });
  return (
    <section className="panel" aria-label="Dry run">
      <header>
        <h2>Where would it go?</h2>
        <span className="small faint">sends nothing</span>
      </header>
      <form className="body stack" onSubmit={(event) => ask.mutate(entriesOf(event))}>
        <div className="form-grid">
          <Field label="An alert’s id" hint="Or one that could be, below">
            <input className="input mono" name="alert_id" maxLength={100} />
          </Field>
          <Field label="Severity">
            <select className="input" name="severity" defaultValue="high">
              {['critical', 'high', 'medium', 'low'].map((severity) => (
                <option key={severity}>{severity}</option>
              ))}
            </select>
          </Field>
          <Field label="Rule">
            <input className="input mono" name="rule_id" maxLength={200} />
          </Field>
          <Field label="Agent">
            <input className="input mono" name="agent" maxLength={500} />
          </Field>
          <Field label="User">
            <input className="input mono" name="user" maxLength={500} />
          </Field>
        </div>
        <div>
          <button type="submit" className="button" disabled={ask.isPending}>
            Ask the routes
          </button>
        </div>
        {ask.error && <Failure error={ask.error} />}
        {ask.data && (
          <div role="status" className="stack" style={{ gap: 6 }}>
            <p>{ask.data.explanation}</p>
            {ask.data.held_back_by && <p className="sev medium">Held back by {ask.data.held_back_by}.</p>}
            <ul className="stack" style={{ gap: 4 }}>
              {ask.data.destinations.map(({ id, name, kind, route, not_before, how }) => (
                <li key={`${id} ${route}`}>
                  <strong>{name}</strong> <span className="faint">{kind}</span> {how}
                  {route && `, by the route ${route}`}
                  {Date.parse(not_before) > Date.now() && (
                    <>
                      , not before <When at={not_before} as="exact" />
                    </>
                  )}
                </li>
              ))}
              {ask.data.escalates_to.map(({ id, name, after_minutes }) => (
                <li key={`then ${id}`}>
                  then <strong>{name}</strong>, after {after_minutes} min without an acknowledgement
                </li>
              ))}
            </ul>
          </div>
        )}
      </form>
    </section>
  );
}
