import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { atRestKeys } from '../engine/at-rest-keys.ts';
import { readSettings } from '../engine/config/read-settings.ts';
import { orgDatabase } from '../engine/core/org.ts';
import { masterKey } from '../engine/master-key.ts';
import { explainTextStream, redactJsonLines, redactTextStream } from '../engine/redaction/redact-stream.ts';
import { createRedactor } from '../engine/redaction/redactor.ts';

export interface RedactOptions {
  readonly json?: boolean;
  readonly explain?: boolean;
  readonly org: string;
  readonly data?: string;
  readonly config?: string;
}

/** Standard input to standard output, redacted under the org's key, or a random one where there is no master key. */
export async function redact({ json, explain, org, config: file, data }: RedactOptions): Promise<void> {
  orgDatabase(org);
  const settings = readSettings({ env: process.env, file, overrides: { data } });
  const hasKey = settings.master_key !== undefined || existsSync(join(settings.data, 'master.key'));
  const key = hasKey
    ? masterKey(settings.data, settings.master_key, atRestKeys(settings))(org, 'redaction')
    : crypto.getRandomValues(new Uint8Array(32));
  const redactor = createRedactor({ key });
  const redactText = explain ? explainTextStream : redactTextStream;
  await pipeline(
    process.stdin.setEncoding('utf8'),
    (text) => {
      const chunks = text as AsyncIterable<string>;
      return json ? redactJsonLines(chunks, redactor, explain) : redactText(chunks, redactor);
    },
    process.stdout,
    { end: false },
  );
}
