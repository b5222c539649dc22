import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import { fakeGithubToken } from './demo/fake-credential.ts';

/** Posts a canary to an OTLP endpoint: one span of a session in whose prompt stands a credential that opens nothing. */
export async function sendCanary(url: string, authorization: string, sessionId: string, now: number): Promise<void> {
  const nanos = String(BigInt(now) * 1_000_000n);
  const prompt = `the token is ${fakeGithubToken(randomBytes(8).toString('hex'))}`;
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.conversation.id': sessionId,
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: prompt }] }]),
  };
  const span = {
    traceId: createHash('sha256').update(sessionId).digest('hex').slice(0, 32),
    spanId: randomBytes(8).toString('hex'),
    name: 'chat canary',
    kind: 3,
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
  // Our own receiver under whatever name its certificate has.
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const { statusCode, body } = await request(`${url}/v1/traces`, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`the receiver answered ${statusCode}`);
  } finally {
    await dispatcher.close();
  }
}
