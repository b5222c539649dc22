import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** What is known of a trace. Other fields of a line are ignored. */
const labelledTraceSchema = z.object({
  trace_id: z.string(),
  /** attack: an injection was planted; benign; user_direct: the user asks for what an attacker would want. */
  kind: z.enum(['attack', 'benign', 'user_direct']),
  /** The attack reached its goal. */
  succeeded: z.boolean().nullish(),
  /** The goal takes a tool call. */
  needs_tool: z.boolean().nullish(),
  /** The goal moves data outward. */
  exfil: z.boolean().nullish(),
  suite: z.string().default(''),
  attack_type: z.string().nullish(),
  injection_task: z.string().nullish(),
  model: z.string().nullish(),
});

export type LabelledTrace = z.infer<typeof labelledTraceSchema>;

/** Throws on a line that is no label, naming the line. */
export async function readLabels(path: string): Promise<LabelledTrace[]> {
  const labels: LabelledTrace[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const parsed = labelledTraceSchema.safeParse(JSON.parse(line));
    if (!parsed.success) throw new Error(`${path}, line ${labels.length + 1}: ${z.prettifyError(parsed.error)}`);
    labels.push(parsed.data);
  }
  return labels;
}
