#!/bin/bash
# t/check-hardening.sh MODULE [sanitized] - checks that the module is linked as
# Debian's hardening=+all demands. Sanitizers add code without CET.
set -euo pipefail
module=$1
fail() {
    echo "check-hardening: $module has no $1" >&2
    exit 1
}
dynamic=$(readelf -dW "$module")
segments=$(readelf -lW "$module")
grep -qE 'BIND_NOW|FLAGS_1.*NOW' <<<"$dynamic" || fail "BIND_NOW: link it with -z now"
grep -q GNU_RELRO <<<"$segments" || fail "GNU_RELRO: link it with -z relro"
if grep -E 'GNU_STACK' <<<"$segments" | grep -q ' RWE '; then fail "stack that is not executable"; fi
if [[ $(uname -m) == x86_64 && -z ${2-} ]]; then
    # Debian 12's crti.o has no CET property, so the linker drops it from the
    # module. Check the objects instead.
    while IFS= read -r object; do
        grep -q 'IBT, SHSTK' < <(readelf -nW "$object") \
            || fail "CET (IBT, SHSTK) in $object: compile it with -fcf-protection"
    done < <(find "${module%/*}/mod_cctv" -name '*.o')
    undefined=$(nm -D --undefined-only "$module")
    grep -q '__stack_chk_fail' <<<"$undefined" || fail "stack protector: compile it with -fstack-protector-strong"
    grep -q '_chk@' <<<"$undefined" || fail "_FORTIFY_SOURCE: compile it with -D_FORTIFY_SOURCE=2"
fi
