import { diag } from '@opentelemetry/api';

/** Runs what only observes. Whatever it throws is said to OpenTelemetry's diag by its name alone: a message may quote content. */
export function quietly<T>(work: () => T, instead: T): T {
  try {
    return work();
  } catch (error) {
    diag.error('spanwarden: something was not observed', error instanceof Error ? error.name : typeof error);
    return instead;
  }
}
