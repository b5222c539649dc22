import type { RuleForm } from '../../core/rule-form.ts';
import { compileCorrelation } from './correlation.ts';
import type { FormContext } from './finding-columns.ts';
import { compileNewTerms } from './new-terms.ts';
import { compileSequence } from './sequence.ts';
import { compileSummary } from './summary.ts';
import { compileThreshold } from './threshold.ts';

/** The query of a rule that says what it looks for by its form. It runs as every rule in SQL does. */
export function compileForm(form: RuleForm, context: FormContext): string {
  switch (form.kind) {
    case 'threshold':
      return compileThreshold(form, context);
    case 'new_terms':
      return compileNewTerms(form, context);
    case 'sequence':
      return compileSequence(form, context);
    case 'correlation':
      return compileCorrelation(form, context);
    case 'summary':
      return compileSummary(form, context);
  }
}
