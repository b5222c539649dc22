import { text, webAddress } from './setting-forms.ts';

/** What commands that talk to a server, and the client on a developer's machine, read. */
export const clientSection = {
  api: webAddress
    .optional()
    .describe('Server that commands like sql and tokens talk to; the one on this machine when unset'),
  token: text
    .optional()
    .describe('Token under which they talk to it; the admin token in <data>/credentials.json when unset'),
  agent_state: text
    .optional()
    .describe("State folder of the client on a developer's machine, which reads the variable alone"),
};
