dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Where is Net-SNMP's agent library? Sets NETSNMP_CFLAGS, NETSNMP_LIBS, and NETSNMP_CLIENT_LIBS for managers. pkg-config is
dnl tried first. net-snmp-config also prints flags from the build of the distribution's package (-g -O2, -lwrap, -lsensors,
dnl ...). So it is the second choice, and only its words -I, -L, -l are used.

AC_DEFUN([GUESTLIST_NETSNMP], [
  PKG_CHECK_MODULES([NETSNMP], [netsnmp-agent >= $1],
    [GUESTLIST_PKG_VERSION([NETSNMP_VERSION], [netsnmp-agent])],
    [GUESTLIST_NETSNMP_CONFIG([$1])])
  GUESTLIST_NETSNMP_LINKS
  NETSNMP_CLIENT_LIBS=
  for guestlist_word in $NETSNMP_LIBS; do
    AS_CASE([$guestlist_word], [-lnetsnmpmibs|-lnetsnmpagent], [], [AS_VAR_APPEND([NETSNMP_CLIENT_LIBS], [" $guestlist_word"])])
  done
  AC_SUBST([NETSNMP_CLIENT_LIBS])
])

dnl GUESTLIST_NETSNMP_CONFIG(MINIMUM): used only if there is no .pc file at all. A .pc file with an old version is an error.
AC_DEFUN([GUESTLIST_NETSNMP_CONFIG], [
  AS_IF([$PKG_CONFIG --exists netsnmp-agent], [GUESTLIST_NETSNMP_MISSING([$1])])
  AC_PATH_PROG([NETSNMP_CONFIG], [net-snmp-config])
  AS_IF([test "x$NETSNMP_CONFIG" = x], [GUESTLIST_NETSNMP_MISSING([$1])])
  NETSNMP_VERSION=$($NETSNMP_CONFIG --version)
  AS_VERSION_COMPARE([$NETSNMP_VERSION], [$1], [GUESTLIST_NETSNMP_MISSING([$1])])
  GUESTLIST_NETSNMP_KEEP([NETSNMP_CFLAGS], [--base-cflags], [-I*])
  GUESTLIST_NETSNMP_KEEP([NETSNMP_LIBS], [--netsnmp-agent-libs], [-L*|-l*])
])

dnl GUESTLIST_NETSNMP_KEEP(VARIABLE, QUESTION, PATTERN)
AC_DEFUN([GUESTLIST_NETSNMP_KEEP], [
  $1=
  for guestlist_word in $($NETSNMP_CONFIG $2); do
    AS_CASE([$guestlist_word], [-I.|-I/usr/include|-L/usr/lib], [], [$3], [AS_VAR_APPEND([$1], [" $guestlist_word"])])
  done
])

AC_DEFUN([GUESTLIST_NETSNMP_MISSING],
  [AC_MSG_ERROR([Net-SNMP >= $1 is missing: install libsnmp-dev (Debian) or net-snmp-devel (Fedora)])])

AC_DEFUN([GUESTLIST_NETSNMP_LINKS], [
  AC_CACHE_CHECK([whether a Net-SNMP agent links], [guestlist_cv_netsnmp_links], [
    guestlist_saved_CPPFLAGS=$CPPFLAGS
    guestlist_saved_LIBS=$LIBS
    CPPFLAGS="$CPPFLAGS $NETSNMP_CFLAGS"
    LIBS="$NETSNMP_LIBS $LIBS"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[
      #include <net-snmp/net-snmp-config.h>
      #include <net-snmp/net-snmp-includes.h>
      #include <net-snmp/agent/net-snmp-agent-includes.h>]], [[return init_agent("probe");]])],
      [guestlist_cv_netsnmp_links=yes], [guestlist_cv_netsnmp_links=no])
    CPPFLAGS=$guestlist_saved_CPPFLAGS
    LIBS=$guestlist_saved_LIBS
  ])
  AS_IF([test "x$guestlist_cv_netsnmp_links" != xyes],
    [AC_MSG_ERROR([Net-SNMP $NETSNMP_VERSION is installed, but an agent does not link with $NETSNMP_LIBS (see config.log):
install libsnmp-dev (Debian) or net-snmp-devel (Fedora)])])
])
