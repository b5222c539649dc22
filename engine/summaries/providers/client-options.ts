import type { ClientOptions } from 'openai';
import { boundedFetch } from './bounded-fetch.ts';

/** Of the OpenAI library, for every server it is used with: we try again ourselves, and it logs nothing. */
export const CLIENT_OPTIONS = {
  // Given, so that the library reads neither from the environment.
  organization: null,
  project: null,
  maxRetries: 0,
  logLevel: 'off',
  fetch: boundedFetch,
} as const satisfies ClientOptions;
