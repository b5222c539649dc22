import { afterAll, expect, it } from 'vitest';
import { connect } from '../../engine/clickhouse/connect.ts';
import { startServer, temporaryFolder, until } from '../running-server.ts';
import { chatCompletionsServer } from '../stand-ins/chat-completions-server.ts';

const SESSIONS = 40;
const CONCURRENCY = 4;
/** Answers after which the server is killed: in the middle of a run. */
const KILL_AFTER = 15;

// Put together here, so that no file of ours holds what looks like a credential.
const SECRETS = {
  aws: `AKIA${'QZ7MX2LPWT4KVRBN'}`,
  github: `ghp_${'x7Kq2mVt9LwZp4RbNc8YdFh3JsGa6TeUo1Xi'}`,
  slack: `xoxb-${'284719305126-5938201746382-Kq8ZtWv3LmN7pRs2XyB5cDf9'}`,
  database: `postgres://shop:${'Wq7vLm2xKt9z'}@db.internal:5432/shop`,
  mail: 'wilhelmina.brandt@harbour-trade.example',
  card: '4539 1488 0343 6467',
};

const FAIR = {
  title: 'A look-up',
  asked: 'x',
  summary: 'y',
  outcome: 'completed',
  work_class: 'operations',
  files: [],
  systems: [],
  risks: [],
  confidence: 0.5,
};

/** Complete answers that went out, by session. */
const answered = new Map<string, number>();
let counted = 0;
let onAnswer = () => {};
const model = await chatCompletionsServer('openai-compatible', ({ data }) => {
  const session = /session number (\d+)\b/.exec(data)![1]!;
  answered.set(session, (answered.get(session) ?? 0) + 1);
  const use = { input: 300 + Number(session), output: 40 };
  counted += use.input + use.output;
  onAnswer();
  return { answer: { ...FAIR, title: `Session ${session}` }, use };
});
afterAll(() => model.stop());

/** Every place of a span that a sender can write to, with a secret in it. */
function spansOf(index: number, first = 1): unknown[] {
  const { aws, github, slack, database, mail, card } = SECRETS;
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const trace = index.toString(16).padStart(32, 'a');
  const at = BigInt(Date.now()) * 1_000_000n;
  const base = { traceId: trace, startTimeUnixNano: String(at), endTimeUnixNano: String(at + 1_000_000n), kind: 1 };
  const id = (number: number) => `${index.toString(16).padStart(8, '0')}${number.toString(16).padStart(8, '0')}`;
  const session = attribute('gen_ai.conversation.id', `summarised-${index}`);
  return [
    {
      ...base,
      spanId: id(first),
      name: `chat ${github}`,
      attributes: [
        session,
        attribute('gen_ai.operation.name', 'chat'),
        attribute('gen_ai.agent.name', `agent of ${mail}`),
        attribute(
          'gen_ai.input.messages',
          JSON.stringify([
            {
              role: 'user',
              parts: [
                { type: 'text', content: `This is session number ${index} of ${mail}, card ${card}. Use ${aws}.` },
              ],
            },
          ]),
        ),
        attribute(
          'gen_ai.output.messages',
          JSON.stringify([
            { role: 'assistant', parts: [{ type: 'text', content: `The key is ${slack}, connect to ${database}.` }] },
          ]),
        ),
      ],
      events: [{ timeUnixNano: String(at), name: `event ${aws}`, attributes: [attribute('note', github)] }],
    },
    {
      ...base,
      spanId: id(first + 1),
      parentSpanId: id(first),
      name: 'execute_tool look_up',
      status: { code: 2, message: `refused for ${database} and ${mail}` },
      attributes: [
        session,
        attribute('gen_ai.operation.name', 'execute_tool'),
        attribute('gen_ai.tool.name', 'look_up'),
        attribute(
          'gen_ai.tool.call.arguments',
          JSON.stringify({ token: github, card, url: `https://x.example/?key=${aws}` }),
        ),
        attribute('gen_ai.tool.call.result', `${slack}\n${Buffer.from(aws).toString('base64')}`),
      ],
    },
  ];
}

const folder = temporaryFolder();
const env = {
  SPANWARDEN_LLM_PROVIDER: 'openai-compatible',
  SPANWARDEN_LLM_BASE_URL: `${model.url}/v1`,
  SPANWARDEN_LLM_MODEL: 'small',
  SPANWARDEN_LLM_CONCURRENCY: String(CONCURRENCY),
  SPANWARDEN_LLM_CALLS_PER_MINUTE: '100000',
  SPANWARDEN_CANARY_MINUTES: '0',
};

it('a run that is killed goes on where it was: each session once, the ledger exact, and no secret at the provider', async () => {
  const first = await startServer({ folder, env });
  await summariesAlone(first);
  await send(first, Array.from({ length: SESSIONS }, (_, index) => spansOf(index)).flat());
  const killed = new Promise<void>((resolve) => {
    first.process.once('exit', () => resolve());
    onAnswer = () => {
      if (model.requests.length === KILL_AFTER) first.process.kill('SIGKILL');
    };
  });
  await run(first).catch(() => undefined);
  await killed;
  onAnswer = () => {};
  const before = answered.size;
  expect(before).toBeLessThan(SESSIONS);

  const second = await startServer({ folder, env: { ...env, SPANWARDEN_SESSION_IDLE_SECONDS: '1' } });
  await until(
    async () => {
      await run(second);
      return answered.size >= SESSIONS;
    },
    240_000,
    'the rest of the sessions',
  );
  const last = await run(second);
  expect(last).toMatchObject({ sessions: 0, failed: 0 });
  const shown = await second.get<{ summary: { title: string; provider: string } }>('/sessions/summarised-7');
  expect(shown.summary).toMatchObject({ title: 'Session 7', provider: 'openai-compatible' });
  // By itself, when it was idle; and again when a span comes late.
  for (const revision of [1, 2]) {
    await send(second, spansOf(SESSIONS, 10 * revision));
    await until(
      async () => {
        const { summary } = await second.get<{ summary: { revision: number } | null }>(
          `/sessions/summarised-${SESSIONS}/summary`,
        );
        return summary?.revision === revision;
      },
      240_000,
      `version ${revision} of a session that nobody asked for`,
    );
  }
  expect(answered.get(String(SESSIONS))).toBe(2);
  expect(await second.stop()).toBe(0);

  expect(model.problems).toEqual([]);
  // What was under way when the process was killed had its answer and lost it: no other session was asked about twice.
  const twice = [...answered]
    .filter(([, times]) => times > 1)
    .flatMap(([id, times]) => (id === String(SESSIONS) ? [] : [times]));
  expect(twice.length).toBeLessThanOrEqual(CONCURRENCY);
  expect(twice.every((times) => times === 2)).toBe(true);

  const store = await connect({ url: undefined, dataFolder: folder });
  try {
    const summaries = await store.query<{ session_id: string; versions: string; revision: number; title: string }>(
      `SELECT session_id, uniqExact(session_version) AS versions, max(revision) AS revision, any(title) AS title
       FROM org_default.session_summaries WHERE session_id != 'summarised-${SESSIONS}' GROUP BY session_id`,
    );
    expect(summaries).toHaveLength(SESSIONS);
    for (const { session_id, versions, revision, title } of summaries) {
      expect({ session_id, versions, revision, title }).toEqual({
        session_id,
        versions: '1',
        revision: 1,
        title: `Session ${session_id.slice('summarised-'.length)}`,
      });
    }
    const calls = await store.query<{ subject: string; settled: number; tokens: string }>(
      'SELECT subject, settled, input_tokens + output_tokens AS tokens FROM org_default.llm_calls FINAL',
    );
    const open = calls.filter(({ settled }) => settled === 0).map(({ subject }) => subject);
    expect(open.length).toBeLessThanOrEqual(CONCURRENCY);
    // A call may have been written and not sent yet when the process was killed.
    expect(calls.length).toBeGreaterThanOrEqual(model.requests.length);
    expect(calls.length).toBeLessThanOrEqual(model.requests.length + open.length);
    // Every call is settled at what the provider counted, but for those that the kill cut off: these count at their most.
    const numberOf = (subject: string) => subject.slice('summarised-'.length);
    const lost = open.filter((subject) => answered.get(numberOf(subject)) === 2);
    const settled = calls.reduce((sum, call) => sum + (call.settled === 1 ? Number(call.tokens) : 0), 0);
    expect(settled).toBe(counted - lost.reduce((sum, subject) => sum + 340 + Number(numberOf(subject)), 0));
  } finally {
    await store.close();
  }

  const log = model.requests.map(({ body }) => body).join('\n');
  expect(log).toContain('session number 39');
  for (const [name, secret] of Object.entries(SECRETS)) {
    expect(log.includes(secret), name).toBe(false);
    expect(log.includes(Buffer.from(secret).toString('base64')), `${name} in base64`).toBe(false);
  }
  expect(log.includes('Wq7vLm2xKt9z')).toBe(false);
}, 600_000);

async function send({ otlp, ingestToken }: Server, spans: unknown[]): Promise<void> {
  const sent = await fetch(`${otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ingestToken}` },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  expect(sent.status).toBe(200);
}

/** Sessions alone are what is counted here: their alerts are not looked at. */
async function summariesAlone({ api, adminToken }: Server): Promise<void> {
  const answer = await fetch(`${api}/api/v1/model-passes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ triage: false, personal_data: 'off' }),
  });
  expect(answer.ok).toBe(true);
}

type Server = Awaited<ReturnType<typeof startServer>>;

/** Has the server summarise all there is; answers the last line of its progress. */
async function run({ api, adminToken }: Server): Promise<unknown> {
  const response = await fetch(`${api}/api/v1/summaries/runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: '{}',
  });
  const lines = (await response.text()).trim().split('\n');
  return (JSON.parse(lines.at(-1)!) as { result: unknown }).result;
}
