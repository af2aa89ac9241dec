dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Where is check_guestlist installed? The monitoring systems of Debian and Fedora look for plugins below their own libdir.
dnl Sets nagiosplugindir.

AC_DEFUN([GUESTLIST_NAGIOS], [
  AC_ARG_WITH([nagios-plugindir],
    [AS_HELP_STRING([--with-nagios-plugindir=DIR], [where check_guestlist is installed, such as /usr/lib/nagios/plugins @<:@LIBDIR/nagios/plugins@:>@])],
    [], [with_nagios_plugindir='${libdir}/nagios/plugins'])
  AS_CASE([$with_nagios_plugindir], [/*|'$'*], [],
    [AC_MSG_ERROR([--with-nagios-plugindir=$with_nagios_plugindir: expected an absolute path, such as /usr/lib/nagios/plugins])])
  AC_SUBST([nagiosplugindir], [$with_nagios_plugindir])
])
