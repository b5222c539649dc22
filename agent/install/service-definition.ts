import type { Machine } from './machine.ts';

/** How the machine's service manager runs the forwarder. */
export interface ServiceDefinition {
  /** Without the machine's root. */
  readonly file: string;
  readonly bytes: Buffer;
  /** Commands, in their order. */
  readonly start: readonly (readonly string[])[];
  readonly stop: readonly (readonly string[])[];
  /** Once the file is gone. */
  readonly forget: readonly (readonly string[])[];
  /** Ends with 0 while it runs. */
  readonly probe: readonly string[];
}

const NAME = 'spanwarden-agent';
const LABEL = 'com.spanwarden.agent';

/** @param state the state folder, and `bundle` the client's file, both without the machine's root */
export function serviceDefinition(machine: Machine, bundle: string, state: string): ServiceDefinition {
  if (machine.platform === 'darwin') return launchd(machine, bundle, state);
  if (machine.platform === 'win32') return scheduledTask(machine, bundle, state);
  return systemd(machine, bundle, state);
}

function systemd({ scope, node, home, env, root }: Machine, bundle: string, state: string): ServiceDefinition {
  const user = scope === 'user' ? ['--user'] : [];
  const config = (root === '' && env['XDG_CONFIG_HOME']) || `${home}/.config`;
  const quoted = (word: string) => `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`;
  const lines = [
    '[Unit]',
    'Description=Spanwarden client: sends what hooks of AI coding tools recorded',
    'After=network-online.target',
    'Wants=network-online.target',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    // $ is doubled: systemd would take it for a variable
    `ExecStart=${[node, bundle].map((word) => quoted(word).replaceAll('$', '$$$$')).join(' ')} forward`,
    `Environment=${quoted(`SPANWARDEN_AGENT_STATE=${state}`)}`,
    'Restart=always',
    'RestartSec=10',
    'MemoryMax=512M',
    'TasksMax=64',
    'Nice=10',
    'NoNewPrivileges=true',
    ...(scope === 'system' ? HARDENING : []),
    ...(scope === 'system' ? [`ReadWritePaths=${quoted(state)}`] : []),
    '',
    '[Install]',
    `WantedBy=${scope === 'user' ? 'default' : 'multi-user'}.target`,
    '',
  ];
  return {
    file: scope === 'user' ? `${config}/systemd/user/${NAME}.service` : `/etc/systemd/system/${NAME}.service`,
    bytes: Buffer.from(lines.join('\n')),
    start: [
      ['systemctl', ...user, 'daemon-reload'],
      ['systemctl', ...user, 'enable', NAME],
      ['systemctl', ...user, 'restart', NAME],
    ],
    stop: [['systemctl', ...user, 'disable', '--now', NAME]],
    forget: [['systemctl', ...user, 'daemon-reload']],
    probe: ['systemctl', ...user, 'is-active', '--quiet', NAME],
  };
}

/** No MemoryDenyWriteExecute: V8 writes the code that it runs. Users' queues are theirs alone, hence DAC_OVERRIDE and the two for SQLite's files. */
const HARDENING = [
  'CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_CHOWN CAP_FOWNER',
  'ProtectSystem=strict',
  'ProtectHome=read-only',
  'PrivateTmp=true',
  'PrivateDevices=true',
  'ProtectClock=true',
  'ProtectControlGroups=true',
  'ProtectHostname=true',
  'ProtectKernelLogs=true',
  'ProtectKernelModules=true',
  'ProtectKernelTunables=true',
  'ProtectProc=invisible',
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
  'RestrictNamespaces=true',
  'RestrictRealtime=true',
  'RestrictSUIDSGID=true',
  'LockPersonality=true',
  'RemoveIPC=true',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
];

function launchd({ scope, node, home }: Machine, bundle: string, state: string): ServiceDefinition {
  const folder = scope === 'user' ? `${home}/Library/LaunchAgents` : '/Library/LaunchDaemons';
  const file = `${folder}/${LABEL}.plist`;
  const domain = scope === 'user' ? `gui/${process.getuid?.() ?? 501}` : 'system';
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array><string>${xml(node)}</string><string>${xml(bundle)}</string><string>forward</string></array>
  <key>EnvironmentVariables</key>
  <dict><key>SPANWARDEN_AGENT_STATE</key><string>${xml(state)}</string></dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><true/>
  <key>ThrottleInterval</key><integer>10</integer>
  <key>ProcessType</key><string>Background</string>
  <key>LowPriorityIO</key><true/>
</dict>
</plist>
`;
  return {
    file,
    bytes: Buffer.from(text),
    start: [
      ['launchctl', 'bootout', `${domain}/${LABEL}`],
      ['launchctl', 'bootstrap', domain, file],
    ],
    stop: [['launchctl', 'bootout', `${domain}/${LABEL}`]],
    forget: [],
    probe: ['launchctl', 'print', `${domain}/${LABEL}`],
  };
}

/** A task that starts with the machine, as SYSTEM: Node cannot answer Windows' service manager, and needs no third program this way. */
function scheduledTask({ scope, node }: Machine, bundle: string, state: string): ServiceDefinition {
  const system = scope === 'system';
  const principal = system
    ? '<UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel>'
    : '<LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel>';
  const text = `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.3" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Spanwarden client: sends what hooks of AI coding tools recorded</Description></RegistrationInfo>
  <Triggers>${system ? '<BootTrigger/>' : '<LogonTrigger/>'}</Triggers>
  <Principals><Principal id="Author">${principal}</Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Hidden>true</Hidden>
    <RestartOnFailure><Interval>PT1M</Interval><Count>255</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec><Command>${xml(node)}</Command><Arguments>${xml(`"${bundle}" forward`)}</Arguments><WorkingDirectory>${xml(state)}</WorkingDirectory></Exec>
  </Actions>
</Task>
`;
  const file = `${state}\\spanwarden-agent.task.xml`;
  return {
    file,
    bytes: Buffer.from(`\uFEFF${text.replaceAll('\n', '\r\n')}`, 'utf16le'),
    start: [
      ['schtasks', '/Create', '/F', '/TN', NAME, '/XML', file],
      ['schtasks', '/Run', '/TN', NAME],
    ],
    stop: [
      ['schtasks', '/End', '/TN', NAME],
      ['schtasks', '/Delete', '/F', '/TN', NAME],
    ],
    forget: [],
    probe: ['schtasks', '/Query', '/TN', NAME],
  };
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
