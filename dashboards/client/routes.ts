import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { printAnswer, tableOf } from './print-answer.ts';

const answerSchema = z.object({
  explanation: z.string(),
  held_back_by: z.string().nullable(),
  destinations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      kind: z.string(),
      route: z.string().nullable(),
      not_before: z.string(),
      how: z.string(),
    }),
  ),
  escalates_to: z.array(z.object({ id: z.string(), name: z.string(), after_minutes: z.number() })),
});

interface Question {
  alert?: string;
  severity?: string;
  rule?: string;
  tag?: string[];
  session?: string;
  agent?: string;
  user?: string;
  at?: string;
  json?: boolean;
}

/** Asks where an alert would go; sends nothing. */
export async function testRoutes(
  server: ApiClient,
  { alert, rule, tag, session, json, ...rest }: Question,
): Promise<void> {
  const { severity, agent, user, at } = rest;
  const question = { alert_id: alert, rule_id: rule, tags: tag, session_id: session, severity, agent, user, at };
  printAnswer(await server.call(answerSchema, 'POST', '/routes/test', question), json, inWords);
}

function inWords(answer: z.infer<typeof answerSchema>): string[] {
  const { explanation, held_back_by, destinations, escalates_to } = answer;
  return [
    explanation,
    ...(held_back_by === null ? [] : [`held back by ${held_back_by}: nobody would hear of it now`]),
    ...(destinations.length === 0
      ? ['goes nowhere']
      : tableOf(destinations, ['name', 'kind', 'route', 'how', 'not_before'])),
    ...escalates_to.map(
      ({ name, after_minutes }) => `to ${name} when nobody has acknowledged it after ${after_minutes} minutes`,
    ),
  ];
}
