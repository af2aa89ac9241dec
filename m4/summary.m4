dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Prints the results of configure on one screen.

AC_DEFUN([GUESTLIST_SUMMARY], [
  AS_IF([test "$guestlist_oid_experimental" = 1],
    [guestlist_oid_note=" (experimental: Net-SNMP's playpen, not a number of this project)"],
    [guestlist_oid_note=])
  AS_IF([test "x$DISTCHECK" = x1], [guestlist_check="unit, lint"], [guestlist_check="unit, lint, integration"])
  AS_IF([test -n "$CMOCKA_VERSION"], [], [guestlist_check="${guestlist_check#unit, } (no unit tests without cmocka)"])
  AS_ECHO([""])
  AS_ECHO(["$PACKAGE_NAME $PACKAGE_VERSION"])
  AS_ECHO(["  compiler        $CC: $GUESTLIST_CC_VERSION"])
  AS_ECHO(["  libvirt         $LIBVIRT_VERSION"])
  AS_ECHO(["  Net-SNMP        $NETSNMP_VERSION"])
  AS_ECHO(["  libxml2         $LIBXML2_VERSION"])
  AS_ECHO(["  cmocka          ${CMOCKA_VERSION:-none}"])
  AS_ECHO(["  collectd plugin $guestlist_collectd"])
  AS_ECHO(["  GUESTLIST-MIB   $with_enterprise_oid$guestlist_oid_note"])
  AS_ECHO(["  sanitizers      $SANITIZERS"])
  AS_ECHO(["  fuzzing         $enable_fuzzing"])
  AS_ECHO(["  hardening       $enable_hardening$HARDENING_CPPFLAGS$HARDENING_CFLAGS ${PIE_CFLAGS:-} ${PIE_LDFLAGS:-}$HARDENING_LDFLAGS"])
  AS_ECHO(["  CFLAGS          $CFLAGS"])
  AS_ECHO(["  make check      $guestlist_check"])
  GUESTLIST_SUMMARY_PATH([prefix], [$prefix])
  GUESTLIST_SUMMARY_PATH([daemon], [$sbindir])
  AS_IF([test "x$guestlist_collectd" = xyes], [GUESTLIST_SUMMARY_PATH([plugins], [$collectdplugindir$guestlist_plugins_note])])
  GUESTLIST_SUMMARY_PATH([nagios plugin], [$nagiosplugindir])
  GUESTLIST_SUMMARY_PATH([MIB modules], [$mibdir])
  GUESTLIST_SUMMARY_PATH([names], [$datadir/$PACKAGE/snmp.conf, for includeFile in /etc/snmp/snmp.conf])
  GUESTLIST_SUMMARY_PATH([manual], [$mandir])
  GUESTLIST_SUMMARY_PATH([state], [$with_state_dir])
  GUESTLIST_SUMMARY_PATH([unit], [${systemdsystemunitdir:-not installed}])
  AS_ECHO([""])
])

dnl A path can contain a variable, which can contain another one.
AC_DEFUN([GUESTLIST_SUMMARY_PATH], [
  guestlist_path="$2"
  while :; do
    AS_CASE([$guestlist_path], [*\@S|@*], [eval "guestlist_path=\"$guestlist_path\""], [break])
  done
  AS_ECHO(["]m4_format([  %-15s], [$1])[ $guestlist_path"])
])
