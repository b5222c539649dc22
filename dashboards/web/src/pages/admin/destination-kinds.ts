/** One input of a form for a destination. */
export interface KindField {
  readonly name: string;
  readonly label: string;
  /** list: addresses apart by commas or lines. */
  readonly type: 'text' | 'url' | 'password' | 'number' | 'list' | 'long' | readonly string[];
  readonly required?: boolean;
  readonly hint?: string;
  readonly placeholder?: string;
}

interface Kind {
  readonly words: string;
  /** What it does, in a sentence. */
  readonly about: string;
  readonly fields: readonly KindField[];
}

const certificate: KindField = {
  name: 'ca',
  label: 'Certificate of the issuer',
  type: 'long',
  hint: 'PEM; only when the system does not know who signed the server’s',
};

/** The kinds of destinations and what each asks for; the server checks all of it again. */
export const DESTINATION_KINDS: Readonly<Record<string, Kind>> = {
  webhook: {
    words: 'Webhook',
    about: 'A POST of the alert as JSON, signed with a secret that you choose.',
    fields: [
      { name: 'url', label: 'URL', type: 'url', required: true, placeholder: 'https://' },
      { name: 'secret', label: 'Secret, which signs each delivery', type: 'password', required: true },
    ],
  },
  slack: {
    words: 'Slack',
    about: 'A message in a channel with buttons; what happens next is its thread.',
    fields: [
      { name: 'bot_token', label: 'Bot token', type: 'password', required: true, hint: 'Scope chat:write' },
      { name: 'channel', label: 'Channel id', type: 'text', required: true, placeholder: 'C0123456789' },
      {
        name: 'signing_secret',
        label: 'Signing secret',
        type: 'password',
        hint: 'For the buttons; without it there are none',
      },
      {
        name: 'api_url',
        label: 'API',
        type: 'url',
        placeholder: 'https://slack.com/api',
        hint: 'Another one for GovSlack',
      },
    ],
  },
  teams: {
    words: 'Microsoft Teams',
    about: 'A card, through a workflow that posts when a webhook request is received.',
    fields: [
      {
        name: 'url',
        label: 'Workflow URL',
        type: 'password',
        required: true,
        hint: 'Kept as a secret: whoever has it can post',
      },
    ],
  },
  pagerduty: {
    words: 'PagerDuty',
    about: 'Events API v2; acknowledging and closing here does it there.',
    fields: [
      {
        name: 'routing_key',
        label: 'Integration key',
        type: 'password',
        required: true,
        hint: '32 letters and digits',
      },
      {
        name: 'api_url',
        label: 'API',
        type: 'url',
        placeholder: 'https://events.pagerduty.com',
        hint: 'EU: https://events.eu.pagerduty.com',
      },
    ],
  },
  opsgenie: {
    words: 'Opsgenie',
    about: 'Alert API v2; one Opsgenie alert for each of ours.',
    fields: [
      { name: 'api_key', label: 'API key', type: 'password', required: true },
      {
        name: 'api_url',
        label: 'API',
        type: 'url',
        placeholder: 'https://api.opsgenie.com',
        hint: 'EU: https://api.eu.opsgenie.com',
      },
    ],
  },
  jira: {
    words: 'Jira',
    about: 'An issue for each alert; what happens next is its comments.',
    fields: [
      { name: 'url', label: 'Site', type: 'url', required: true, placeholder: 'https://example.atlassian.net' },
      { name: 'project', label: 'Project key', type: 'text', required: true, placeholder: 'SEC' },
      { name: 'issue_type', label: 'Issue type', type: 'text', placeholder: 'Task' },
      { name: 'email', label: 'Account', type: 'text', hint: 'Jira Cloud; leave it out for Data Center' },
      { name: 'api_token', label: 'API token', type: 'password', required: true },
      { name: 'close_transition', label: 'Transition when closed', type: 'text', hint: 'Its number' },
    ],
  },
  email: {
    words: 'E-mail',
    about: 'By SMTP, as HTML and text; the mails on one alert are one thread.',
    fields: [
      { name: 'host', label: 'Server', type: 'text', required: true, placeholder: 'smtp.example.com' },
      { name: 'security', label: 'Security', type: ['starttls', 'tls', 'none'] },
      { name: 'port', label: 'Port', type: 'number', hint: '587, 465 or 25 by the security' },
      { name: 'username', label: 'User', type: 'text' },
      { name: 'password', label: 'Password', type: 'password' },
      { name: 'from', label: 'From', type: 'text', required: true, placeholder: 'spanwarden@example.com' },
      { name: 'to', label: 'To', type: 'list', required: true, hint: 'Up to 20, apart by commas' },
      certificate,
    ],
  },
  syslog: {
    words: 'Syslog',
    about: 'RFC 5424 with OCSF in the message, for a SIEM.',
    fields: [
      { name: 'host', label: 'Server', type: 'text', required: true },
      { name: 'transport', label: 'Transport', type: ['tls', 'tcp', 'udp'] },
      { name: 'port', label: 'Port', type: 'number', placeholder: '6514' },
      certificate,
    ],
  },
  splunk: {
    words: 'Splunk',
    about: 'OCSF detection findings to an HTTP Event Collector.',
    fields: [
      { name: 'url', label: 'Collector', type: 'url', required: true, placeholder: 'https://splunk.example:8088' },
      { name: 'token', label: 'Token', type: 'password', required: true },
      { name: 'index', label: 'Index', type: 'text' },
    ],
  },
};
