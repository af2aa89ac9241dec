# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after lib.sh by the tests of libvirtds that ask for a password: SASL in its own folder, and files of passwords.
#
#     need saslpasswd2; need_root
#     set_password monitor hush
#     write_auth_file "$T/auth.conf" authname=monitor password=hush
#     start_libvirtd 'auth_unix_ro = "sasl"'

# libvirtd asks SASL for each new connection anew, so this counts at once.
set_password() { # USER PASSWORD
    prepare_libvirtd main
    local folder
    folder=$(libvirtd_dir main)/etc/sasl
    mkdir -p "$folder"
    printf '%s\n' 'mech_list: scram-sha-256' 'sasldb_path: /etc/libvirt/sasl/passwd.db' > "$folder/libvirt.conf"
    echo "$2" | saslpasswd2 -p -f "$folder/passwd.db" -a libvirt "$1" > "$T/saslpasswd2.out" 2>&1 ||
        FAIL "saslpasswd2: $(cat "$T/saslpasswd2.out")"
}

# A file in libvirt's own form.
write_auth_file() { # FILE LINE...
    local file=$1
    shift
    printf '%s\n' '[credentials-guestlist]' "$@" '[auth-libvirt-default]' 'credentials=guestlist' > "$file"
}

# No log, no output and no answer that a test kept has that word.
shown_nowhere() { # WORD
    local found
    found=$(grep -rlF --include='*log*' --include='*out*' --include='check' --include='once' --include='error' -e "$1" "$T")
    [ -z "$found" ] || FAIL "the password '$1' is shown in: $found"
}
