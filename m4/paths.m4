dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Which paths are used on the host of the agent? The state directory does not depend on --prefix: the manual page has one
dnl path, and an agent that is built again must find its indexes.

AC_DEFUN([GUESTLIST_PATHS], [
  AC_ARG_WITH([state-dir],
    [AS_HELP_STRING([--with-state-dir=DIR], [where vmIndex numbers are kept @<:@/var/lib/guestlist@:>@])],
    [], [with_state_dir=/var/lib/guestlist])
  AS_CASE([$with_state_dir], [/*], [],
    [AC_MSG_ERROR([--with-state-dir=$with_state_dir: expected an absolute path, such as /var/lib/guestlist])])
  AC_DEFINE_UNQUOTED([GUESTLIST_STATE_DIR], ["$with_state_dir"], [The default directory for vmIndex numbers])

  AC_ARG_WITH([mib-dir],
    [AS_HELP_STRING([--with-mib-dir=DIR], [where MIB modules are installed @<:@DATADIR/snmp/mibs@:>@])],
    [], [with_mib_dir='${datadir}/snmp/mibs'])
  AC_SUBST([mibdir], [$with_mib_dir])
])
