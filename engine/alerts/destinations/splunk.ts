import { z } from 'zod';
import { ACCEPTED, commonInput, commonSettings, type DestinationKind } from './destination-kind.ts';
import { answeredObject, postJson } from './http-request.ts';
import { toOcsf } from './ocsf.ts';
import { parseInput } from './parse-input.ts';

const inputSchema = z.strictObject({
  ...commonInput,
  kind: z.literal('splunk'),
  /** Of the collector, e.g. https://splunk.example:8088 */
  url: z.string().min(1).max(500),
  token: z.string().min(1).max(200),
  index: z
    .string()
    .regex(/^[a-z0-9_][a-z0-9_-]{0,79}$/)
    .optional(),
});

/** HTTP Event Collector of Splunk and of what speaks like it, with OCSF detection findings. */
export const splunk: DestinationKind = {
  kind: 'splunk',
  ratePerMinute: 900,

  validate: async (input, network) => {
    const { name, url, token, index, kind: _, ...common } = parseInput(inputSchema, input);
    const base = url.replace(/\/{1,5}$/, '');
    await network.checkUrl(base);
    return {
      name,
      settings: { url: base, ...(index !== undefined && { index }), ...commonSettings(common) },
      secrets: { token },
    };
  },

  deliver: async ({ settings, secrets }, notification, context) => {
    const event = toOcsf(notification, context.clock(), context.userAgent.split('/')[1] ?? '');
    if (event === undefined) return ACCEPTED;
    const { index, url } = settings;
    const body = {
      time: context.clock() / 1000,
      source: 'spanwarden',
      sourcetype: 'ocsf:detection_finding',
      ...(index !== undefined && { index }),
      event,
    };
    const headers = { authorization: `Splunk ${secrets['token']}` };
    const answer = await postJson(`${url}/services/collector/event`, headers, body, context);
    if (answer.error !== '' || answeredObject(answer)['code'] === 0) return answer;
    return { ...answer, error: 'answer is not an event collector’s' };
  },
};
