#!/bin/sh
# Builds, signs and notarises the client's package on a Mac with Xcode's command line tools.
#
#   npm run build:agent
#   DEVELOPER_ID_APP='Developer ID Application: Acme (TEAMID)' \
#   DEVELOPER_ID_INSTALLER='Developer ID Installer: Acme (TEAMID)' \
#   NOTARY_PROFILE=spanwarden agent/package/macos/build-pkg.sh NODE VERSION
#
# NODE is a Node binary of 22.13 or newer of the architecture that the package is for. NOTARY_PROFILE is one that
# `xcrun notarytool store-credentials` made. Without the three variables the package is neither signed nor notarised.
set -eu
node=$1
version=$2
here=$(cd "$(dirname "$0")" && pwd)
bundle=$here/../../dist/spanwarden-agent.cjs
out=$here/../../dist
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

lib=$work/root/usr/local/lib/spanwarden-agent
mkdir -p "$lib" "$work/root/usr/local/bin"
install -m 755 "$node" "$lib/node"
install -m 644 "$bundle" "$lib/spanwarden-agent.cjs"
sed 's|/usr/lib/|/usr/local/lib/|g' "$here/../spanwarden-agent.sh" >"$work/root/usr/local/bin/spanwarden-agent"
chmod 755 "$work/root/usr/local/bin/spanwarden-agent"

# Notarisation wants the hardened runtime, under which V8 may write code only with these entitlements.
if [ -n "${DEVELOPER_ID_APP:-}" ]; then
  codesign --force --timestamp --options runtime --entitlements "$here/node.entitlements" \
    --sign "$DEVELOPER_ID_APP" "$lib/node"
  codesign --verify --strict "$lib/node"
fi

pkgbuild --root "$work/root" --identifier com.spanwarden.agent --version "$version" --ownership recommended \
  --scripts "$here/scripts" --install-location / "$work/agent.pkg"
productbuild --package "$work/agent.pkg" --identifier com.spanwarden.agent --version "$version" "$work/product.pkg"

package=$out/spanwarden-agent-$version-$(uname -m).pkg
if [ -n "${DEVELOPER_ID_INSTALLER:-}" ]; then
  productsign --sign "$DEVELOPER_ID_INSTALLER" "$work/product.pkg" "$package"
  pkgutil --check-signature "$package"
else
  cp "$work/product.pkg" "$package"
fi
if [ -n "${NOTARY_PROFILE:-}" ]; then
  xcrun notarytool submit "$package" --keychain-profile "$NOTARY_PROFILE" --wait
  xcrun stapler staple "$package"
  spctl --assess --type install "$package"
fi
echo "$package"
