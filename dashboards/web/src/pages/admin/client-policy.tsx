import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { Answer } from '../../parts/answer.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { request } from '../../request.ts';

interface ClientPolicy {
  version: number;
  refresh_seconds: number;
  disabled: boolean;
  capture: { level: string; prompts: string; tool_arguments: string; edits: string; identity: string };
  ignore: { repositories: string[]; folders: string[]; files: string[]; gitignore: boolean };
}

const CONTENT = { redacted: 'redacted', off: 'not recorded' } as const;
const CHOICES = {
  level: ['What of an event', { full: 'all of it', metadata: 'what and when', minimal: 'that it happened' }],
  prompts: ['Prompts', CONTENT],
  tool_arguments: ['Arguments of tools', CONTENT],
  edits: ['Edits', CONTENT],
  identity: ['Who', { redacted: 'a token for the person', email: 'the e-mail address' }],
} as const;

/** What the client on developers' machines may record; a machine hears of a change when it asks the next time. */
export default function ClientPolicyTab() {
  const client = useQueryClient();
  const policy = useQuery({ queryKey: ['policy'], queryFn: () => request<ClientPolicy>('GET', '/policy') });
  const save = useMutation({
    mutationFn: (body: unknown) => request<ClientPolicy>('POST', '/policy', body),
    onSuccess: (changed) => client.setQueryData(['policy'], changed),
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const lines = (name: string) =>
      String(form.get(name) ?? '')
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean);
    save.mutate({
      refresh_seconds: Number(form.get('refresh_seconds')),
      disabled: form.get('disabled') !== null,
      capture: Object.fromEntries(Object.keys(CHOICES).map((name) => [name, form.get(name)])),
      ignore: {
        repositories: lines('repositories'),
        folders: lines('folders'),
        files: lines('files'),
        gitignore: form.get('gitignore') !== null,
      },
    });
  };
  return (
    <Answer of={policy}>
      {({ version, refresh_seconds, disabled, capture, ignore }) => (
        <form key={version} className="panel body stack" style={{ padding: 14 }} onSubmit={send}>
          <p className="muted" style={{ maxWidth: '75ch' }}>
            What the client on developers’ machines may record. A machine goes by a change when it asks the next time.
            Version {version}.
          </p>
          <fieldset className="matcher">
            <legend>Recorded</legend>
            <div className="form-grid">
              {Object.entries(CHOICES).map(([name, [label, options]]) => (
                <Field key={name} label={label}>
                  <select className="input" name={name} defaultValue={capture[name as keyof typeof capture]}>
                    {Object.entries(options).map(([value, words]) => (
                      <option key={value} value={value}>
                        {words}
                      </option>
                    ))}
                  </select>
                </Field>
              ))}
              <Field label="Asks for changes every, s">
                <input
                  className="input"
                  type="number"
                  name="refresh_seconds"
                  min={1}
                  required
                  defaultValue={refresh_seconds}
                />
              </Field>
            </div>
          </fieldset>
          <fieldset className="matcher">
            <legend>Left out, a pattern a line</legend>
            <div className="form-grid">
              {(['repositories', 'folders', 'files'] as const).map((name) => (
                <Field key={name} label={name[0]!.toUpperCase() + name.slice(1)}>
                  <textarea className="input mono" name={name} rows={4} defaultValue={ignore[name].join('\n')} />
                </Field>
              ))}
            </div>
            <label className="row small">
              <input type="checkbox" name="gitignore" defaultChecked={ignore.gitignore} /> and what .gitignore names
            </label>
          </fieldset>
          <label className="row">
            <input type="checkbox" name="disabled" defaultChecked={disabled} /> Stop recording: that events happened is
            all that is left
          </label>
          {save.error && <Failure error={save.error} />}
          <div>
            <button type="submit" className="button primary" disabled={save.isPending}>
              Save the policy
            </button>
          </div>
        </form>
      )}
    </Answer>
  );
}
