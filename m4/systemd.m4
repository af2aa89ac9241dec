dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Where are the unit, the user and the directories of the service installed? pkg-config knows systemd's folders. They belong
dnl to the system, so they are used only with a prefix of the system. With another prefix, such as one in a user's home, the
dnl files go below that prefix. Sets systemdsystemunitdir, sysusersdir, tmpfilesdir (empty: not installed), and the line about
dnl the state directory in the unit.

AC_DEFUN([GUESTLIST_SYSTEMD], [
  GUESTLIST_SYSTEMD_FOLDER([systemdsystemunitdir], [systemd/system], [the service's unit])
  AS_IF([test "x$with_systemdsystemunitdir" = xno],
    [with_sysusersdir=${with_sysusersdir-no} with_tmpfilesdir=${with_tmpfilesdir-no}])
  GUESTLIST_SYSTEMD_FOLDER([sysusersdir], [sysusers.d], [the service's user])
  GUESTLIST_SYSTEMD_FOLDER([tmpfilesdir], [tmpfiles.d], [the service's directories])

  AC_SUBST([GUESTLIST_STATE_DIR], [$with_state_dir])
  AS_CASE([$with_state_dir],
    [/var/lib/?*], [GUESTLIST_UNIT_STATE="StateDirectory=${with_state_dir@%:@/var/lib/}"],
    [GUESTLIST_UNIT_STATE="ReadWritePaths=-$with_state_dir"])
  AC_SUBST([GUESTLIST_UNIT_STATE])
])

dnl GUESTLIST_SYSTEMD_FOLDER(PKG-CONFIG VARIABLE, BELOW PREFIX/lib, WHAT IS INSTALLED THERE). Debian 13 has systemd's .pc file
dnl in a separate package, so the folder itself is tried as well.
AC_DEFUN([GUESTLIST_SYSTEMD_FOLDER], [
  AC_ARG_WITH([$1],
    [AS_HELP_STRING([--with-$1=DIR], [where $3 is installed, or no @<:@from pkg-config; with a prefix other than /usr and /usr/local: PREFIX/lib/$2@:>@])],
    [], [with_$1=${with_$1-yes}])
  AS_IF([test "x$with_$1" = xyes], [AS_IF([GUESTLIST_IS_SYSTEM_PREFIX],
    [with_$1=`$PKG_CONFIG --variable=$1 systemd 2>/dev/null`
     AS_IF([test -n "$with_$1"], [], [test -d "/usr/lib/$2"], [with_$1=/usr/lib/$2], [with_$1=no])],
    [with_$1='${prefix}/lib/$2'])])
  AS_CASE([$with_$1], [no], [guestlist_folder=], [/*|'$'*], [guestlist_folder=$with_$1],
    [AC_MSG_ERROR([--with-$1=$with_$1: expected an absolute path, or no])])
  AC_SUBST([$1], [$guestlist_folder])
])

dnl True if the installation is for the whole system.
AC_DEFUN([GUESTLIST_IS_SYSTEM_PREFIX],
  [test "x$prefix" = xNONE || test "x$prefix" = x/usr || test "x$prefix" = x/usr/local])
