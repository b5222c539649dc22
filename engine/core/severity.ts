export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Risk-score bands (0 to 100) that users of other detection engines know; a rule's severity must agree with its score. */
export function severityOf(riskScore: number): Severity {
  if (riskScore <= 21) return 'low';
  if (riskScore <= 47) return 'medium';
  if (riskScore <= 73) return 'high';
  return 'critical';
}
