import { CodedError } from '../core/errors.ts';

/**
 * Why no answer of a model is to be had. none: no model is configured. budget: a limit of the day or month is
 * reached. session_budget: that of the session or alert itself. unavailable: the provider fails or
 * is paused. refused: it would not answer. unreadable: it never answered in the given form.
 */
export type NoAnswerReason = 'none' | 'budget' | 'session_budget' | 'unavailable' | 'refused' | 'unreadable';

const MESSAGES: Readonly<Record<NoAnswerReason, string>> = {
  none: 'No language model is configured',
  budget: 'The budget for language models is spent',
  session_budget: 'What one session or alert may cost of language models is spent',
  unavailable: 'The provider of language models fails or is paused',
  refused: 'The language model refused to answer',
  unreadable: 'The language model did not answer in the given form',
};

export class NoAnswer extends CodedError {
  readonly reason: NoAnswerReason;

  constructor(reason: NoAnswerReason) {
    super('MODEL_UNAVAILABLE', MESSAGES[reason], { extra: { reason } });
    this.reason = reason;
  }
}
