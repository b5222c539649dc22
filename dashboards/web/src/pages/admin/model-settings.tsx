import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Answer } from '../../parts/answer.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { Sure } from '../../parts/sure.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';
import { entriesOf } from './entries.ts';

interface Settings {
  provider: string;
  model: string;
  resource: string;
  region: string;
  own: boolean;
  changed_at: string | null;
  changed_by: string | null;
}

const PROVIDERS = { openai: 'OpenAI', 'azure-openai': 'Azure OpenAI', bedrock: 'Amazon Bedrock' } as const;

/** The provider of language models of the org's own; its key goes in and never comes out. */
export function ModelSettings() {
  const client = useQueryClient();
  const settings = useQuery({
    queryKey: ['model-settings'],
    queryFn: () => request<Settings>('GET', '/model-settings'),
  });
  const change = useMutation({
    mutationFn: (body: unknown) => request<Settings>(body === undefined ? 'DELETE' : 'POST', '/model-settings', body),
    onSuccess: (changed) => {
      client.setQueryData(['model-settings'], changed);
      return client.invalidateQueries({ queryKey: ['budget'] });
    },
  });
  return (
    <Answer of={settings}>
      {(found) => (
        <form
          key={found.changed_at}
          className="panel stack"
          style={{ padding: 14 }}
          onSubmit={(event) => change.mutate(entriesOf(event))}
        >
          <p>
            {found.own ? (
              <>
                Your own provider, set by <bdi>{found.changed_by}</bdi> <When at={found.changed_at ?? ''} />.
              </>
            ) : (
              'The server’s provider is used. With a key of your own, what is summarised goes through your account.'
            )}
          </p>
          <Inputs of={found} />
          {change.error && <Failure error={change.error} />}
          <div className="row wrap">
            <button type="submit" className="button primary" disabled={change.isPending}>
              Use this provider
            </button>
            {found.own && (
              <Sure words="Go back to the server’s" act={() => change.mutate(undefined)} disabled={change.isPending} />
            )}
          </div>
        </form>
      )}
    </Answer>
  );
}

function Inputs({ of }: { of: Settings }) {
  const [provider, setProvider] = useState(of.own ? of.provider : 'openai');
  return (
    <div className="form-grid">
      <Field label="Provider">
        <select
          className="input"
          name="provider"
          value={provider}
          onChange={(event) => setProvider(event.target.value)}
        >
          {Object.entries(PROVIDERS).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </Field>
      {provider === 'azure-openai' && (
        <Field label="Resource" hint="The first part of <resource>.openai.azure.com">
          <input className="input" name="resource" required maxLength={63} defaultValue={of.resource} />
        </Field>
      )}
      {provider === 'bedrock' && (
        <Field label="Region">
          <input className="input" name="region" required placeholder="eu-central-1" defaultValue={of.region} />
        </Field>
      )}
      <Field label={provider === 'azure-openai' ? 'Deployment' : 'Model'}>
        <input className="input" name="model" required maxLength={200} defaultValue={of.own ? of.model : ''} />
      </Field>
      <Field
        label="Key"
        hint={
          provider === 'bedrock'
            ? 'An API key, or <access key id>:<secret access key>; stored encrypted, never shown'
            : 'Stored encrypted, never shown'
        }
      >
        <input
          className="input"
          type="password"
          name="key"
          required
          minLength={8}
          maxLength={1_000}
          autoComplete="off"
        />
      </Field>
    </div>
  );
}
