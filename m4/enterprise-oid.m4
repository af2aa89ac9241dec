dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Under which OID is GUESTLIST-MIB? GUESTLIST_WITH_ENTERPRISE_OID(DEFAULT)
dnl config.h: GUESTLIST_ENTERPRISE_OID (an initializer), GUESTLIST_ENTERPRISE_OID_STRING, GUESTLIST_OID_EXPERIMENTAL.
dnl Makefile: GUESTLIST_OID_UNDER_ENTERPRISES, for the MIB module.

AC_DEFUN([GUESTLIST_WITH_ENTERPRISE_OID], [
  AC_ARG_WITH([enterprise-oid],
    [AS_HELP_STRING([--with-enterprise-oid=OID], [root of GUESTLIST-MIB @<:@$1@:>@])],
    [], [with_enterprise_oid=$1])
  AC_MSG_CHECKING([the root of GUESTLIST-MIB])
  GUESTLIST_OID_VALID([$with_enterprise_oid], [],
    [AC_MSG_RESULT([])
     AC_MSG_ERROR([--with-enterprise-oid=$with_enterprise_oid: expected numbers with dots between them, under
1.3.6.1.4.1 (enterprises), each at most 4294967295 and without leading zeros, at most 32 in all, such as $1])])

  AS_CASE([$with_enterprise_oid.],
    [1.3.6.1.4.1.8072.9999.9999.*], [guestlist_oid_experimental=1],
    [guestlist_oid_experimental=0])
  guestlist_oid_words=$(AS_ECHO(["$with_enterprise_oid"]) | tr . ' ')
  guestlist_oid_initializer=$(AS_ECHO(["$guestlist_oid_words"]) | sed 's/ /, /g')
  AC_DEFINE_UNQUOTED([GUESTLIST_ENTERPRISE_OID], [$guestlist_oid_initializer],
    [Root of GUESTLIST-MIB, as the inside of an array initializer])
  AC_DEFINE_UNQUOTED([GUESTLIST_ENTERPRISE_OID_STRING], ["$with_enterprise_oid"], [Root of GUESTLIST-MIB, as text])
  AC_DEFINE_UNQUOTED([GUESTLIST_OID_EXPERIMENTAL], [$guestlist_oid_experimental],
    [1 if the root is in Net-SNMP's experimental playpen])
  AC_SUBST([GUESTLIST_OID_UNDER_ENTERPRISES], ["${guestlist_oid_words#1 3 6 1 4 1 }"])
  AC_MSG_RESULT([$with_enterprise_oid])
])

dnl GUESTLIST_OID_VALID(OID, IF-VALID, IF-NOT). awk counts in doubles, which are exact far beyond 32 bits.
AC_DEFUN([GUESTLIST_OID_VALID], [
  AS_IF([AS_ECHO(["$1"]) | awk -F . '
      NR > 1 || !/^1\.3\.6\.1\.4\.1\./ || NF > 32 { bad = 1 }
      { for (i = 1; i <= NF; i++) if (@S|@i !~ /^(0|@<:@1-9@:>@@<:@0-9@:>@*)$/ || @S|@i + 0 > 4294967295) bad = 1 }
      END { exit bad }'], [$2], [$3])
])
