# Takes the client off a Windows machine: hooks, task, settings and queue first, then the program.
$program = Join-Path $env:ProgramFiles 'Spanwarden'
& "$program\node.exe" "$program\spanwarden-agent.cjs" uninstall --system
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
Remove-Item -Recurse -Force $program
