# Installs the client for everyone on a Windows machine, as SYSTEM or an administrator. Beside this script lie node.exe (22.13 or newer)
# and spanwarden-agent.cjs (npm run build:agent); sign all three with your own certificate where policy asks for it.
param(
  [Parameter(Mandatory = $true)] [string] $Endpoint,
  [Parameter(Mandatory = $true)] [string] $PolicyUrl,
  [Parameter(Mandatory = $true)] [string] $TokenFile,
  [string] $Tools = 'all'
)
$ErrorActionPreference = 'Stop'
$program = Join-Path $env:ProgramFiles 'Spanwarden'
New-Item -ItemType Directory -Force -Path $program | Out-Null
Copy-Item -Force (Join-Path $PSScriptRoot 'node.exe'), (Join-Path $PSScriptRoot 'spanwarden-agent.cjs') $program
& "$program\node.exe" "$program\spanwarden-agent.cjs" install --system --tool $Tools `
  --endpoint $Endpoint --policy-url $PolicyUrl --token-file $TokenFile
exit $LASTEXITCODE
