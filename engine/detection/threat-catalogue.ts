import type { THREAT_FRAMEWORKS } from '../core/threat.ts';

interface Framework {
  readonly framework: (typeof THREAT_FRAMEWORKS)[number];
  readonly version: string;
  /** Id to name. Of ATLAS the techniques that leave marks in the traces of agents; rules may map to others too. */
  readonly entries: Readonly<Record<string, string>>;
}

/** What rules are held against by `rules coverage`. Names as the frameworks publish them. */
export const THREAT_CATALOGUE: readonly Framework[] = [
  {
    framework: 'OWASP LLM',
    version: '2025',
    entries: {
      LLM01: 'Prompt Injection',
      LLM02: 'Sensitive Information Disclosure',
      LLM03: 'Supply Chain',
      LLM04: 'Data and Model Poisoning',
      LLM05: 'Improper Output Handling',
      LLM06: 'Excessive Agency',
      LLM07: 'System Prompt Leakage',
      LLM08: 'Vector and Embedding Weaknesses',
      LLM09: 'Misinformation',
      LLM10: 'Unbounded Consumption',
    },
  },
  {
    framework: 'OWASP Agentic',
    version: '2026',
    entries: {
      ASI01: 'Agent Goal Hijack',
      ASI02: 'Tool Misuse and Exploitation',
      ASI03: 'Identity and Privilege Abuse',
      ASI04: 'Agentic Supply Chain Vulnerabilities',
      ASI05: 'Unexpected Code Execution',
      ASI06: 'Memory and Context Poisoning',
      ASI07: 'Insecure Inter-Agent Communication',
      ASI08: 'Cascading Failures',
      ASI09: 'Human Agent Trust Exploitation',
      ASI10: 'Rogue Agents',
    },
  },
  {
    framework: 'MITRE ATLAS',
    version: '5.6.0',
    entries: {
      'AML.T0010.003': 'Supply Chain Compromise: Model',
      'AML.T0010.005': 'Supply Chain Compromise: AI Agent Tool',
      'AML.T0012': 'Valid Accounts',
      'AML.T0025': 'Exfiltration via Cyber Means',
      'AML.T0029': 'Denial of AI Service',
      'AML.T0034': 'Cost Harvesting',
      'AML.T0034.000': 'Cost Harvesting: Excessive Queries',
      'AML.T0034.001': 'Cost Harvesting: Resource-Intensive Queries',
      'AML.T0034.002': 'Cost Harvesting: Agentic Resource Consumption',
      'AML.T0050': 'Command and Scripting Interpreter',
      'AML.T0051.001': 'LLM Prompt Injection: Indirect',
      'AML.T0053': 'AI Agent Tool Invocation',
      'AML.T0055': 'Unsecured Credentials',
      'AML.T0057': 'LLM Data Leakage',
      'AML.T0068': 'LLM Prompt Obfuscation',
      'AML.T0070': 'RAG Poisoning',
      'AML.T0071': 'False RAG Entry Injection',
      'AML.T0077': 'LLM Response Rendering',
      'AML.T0080.000': 'AI Agent Context Poisoning: Memory',
      'AML.T0080.001': 'AI Agent Context Poisoning: Thread',
      'AML.T0081': 'Modify AI Agent Configuration',
      'AML.T0083': 'Credentials from AI Agent Configuration',
      'AML.T0086': 'Exfiltration via AI Agent Tool Invocation',
      'AML.T0091.000': 'Use Alternate Authentication Material: Application Access Token',
      'AML.T0093': 'Prompt Infiltration via Public-Facing Application',
      'AML.T0098': 'AI Agent Tool Credential Harvesting',
      'AML.T0099': 'AI Agent Tool Data Poisoning',
      'AML.T0101': 'Data Destruction via AI Agent Tool Invocation',
      'AML.T0104': 'Publish Poisoned AI Agent Tool',
      'AML.T0105': 'Escape to Host',
      'AML.T0109': 'AI Supply Chain Rug Pull',
      'AML.T0110': 'AI Agent Tool Poisoning',
    },
  },
];
