# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the tests with a libvirtd that asks for a password: SASL in a private folder, and files of passwords. Source this
# file after lib.sh.
#
#     need saslpasswd2; need_root
#     set_password monitor hush
#     write_auth_file "$T/auth.conf" authname=monitor password=hush
#     start_libvirtd 'auth_unix_ro = "sasl"'

# Sets a password. libvirtd reads it for each new connection, so the change is effective at once.
set_password() { # USER PASSWORD
    prepare_libvirtd main
    local folder
    folder=$(libvirtd_dir main)/etc/sasl
    mkdir -p "$folder"
    printf '%s\n' 'mech_list: scram-sha-256' 'sasldb_path: /etc/libvirt/sasl/passwd.db' > "$folder/libvirt.conf"
    echo "$2" | saslpasswd2 -p -f "$folder/passwd.db" -a libvirt "$1" > "$T/saslpasswd2.out" 2>&1 ||
        FAIL "saslpasswd2: $(cat "$T/saslpasswd2.out")"
}

# Writes a file of passwords in libvirt's format.
write_auth_file() { # FILE LINE...
    local file=$1
    shift
    printf '%s\n' '[credentials-guestlist]' "$@" '[auth-libvirt-default]' 'credentials=guestlist' > "$file"
}

# No log, output or answer of the test may contain this word.
shown_nowhere() { # WORD
    local found
    found=$(grep -rlF --include='*log*' --include='*out*' --include='check' --include='once' --include='error' -e "$1" "$T")
    [ -z "$found" ] || FAIL "the password '$1' is shown in: $found"
}
