/**
 * Hits in one value. Each costs a token, a finding and another look around it: a value with more is replaced whole, so that what
 * hostile text can ask for stays bounded in time and in findings.
 */
export const MAX_HITS = 20_000;

/** Thrown inside the boundary when a value or a span has cost more than its budget; the boundary replaces the value whole. */
export class BudgetSpent extends Error {}

/**
 * A budget in steps (one a scanned character, some for each attempt of a rule) instead of a clock: the same text is judged the
 * same on a busy machine, and a hostile one cannot buy more than its share.
 */
export interface WorkBudget {
  spend(steps: number): void;
  readonly left: number;
}

export function createWorkBudget(steps: number): WorkBudget {
  let left = steps;
  return {
    spend(amount) {
      left -= amount;
      if (left < 0) throw new BudgetSpent();
    },
    get left() {
      return left;
    },
  };
}
