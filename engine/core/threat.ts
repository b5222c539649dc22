import { z } from 'zod';

/** Frameworks that rules map to, each pinned to the version whose ids are meant. */
export const THREAT_FRAMEWORKS = ['OWASP LLM', 'OWASP Agentic', 'MITRE ATLAS'] as const;

const idPattern: Record<(typeof THREAT_FRAMEWORKS)[number], RegExp> = {
  'OWASP LLM': /^LLM(0[1-9]|10)$/,
  'OWASP Agentic': /^ASI(0[1-9]|10)$/,
  'MITRE ATLAS': /^AML\.T\d{4}(\.\d{3})?$/,
};

export const threatSchema = z
  .strictObject({
    framework: z.enum(THREAT_FRAMEWORKS),
    /** Version of the framework that the ids belong to, e.g. "2025", "2026", "5.6.0". */
    version: z.string().min(1),
    tactic: z.string().min(1).optional(),
    technique: z.array(z.string()).min(1),
  })
  .superRefine((threat, context) => {
    for (const id of threat.technique) {
      if (!idPattern[threat.framework].test(id)) {
        context.addIssue({ code: 'custom', path: ['technique'], message: `"${id}" is no id of ${threat.framework}` });
      }
    }
  });

export type Threat = z.infer<typeof threatSchema>;
