#!/bin/bash
# The pure files (the arguments) know nothing of httpd.
set -euo pipefail
if grep -nE '#include ["<](httpd|http_[a-z]+|ap_[a-z]+|mod_[a-z]+|util_[a-z]+|mpm_[a-z]+|scoreboard|unixd|([a-z]+/)?(runtime|settings)|configtest|core/log)\.h[">]' "$@"; then
    echo "check-layers: the pure files above include httpd" >&2
    exit 1
fi
