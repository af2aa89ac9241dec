dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Is pkg-config installed?

AC_DEFUN([GUESTLIST_PKG_CONFIG], [
  m4_ifndef([PKG_PROG_PKG_CONFIG], [m4_fatal([pkg.m4 is missing: install pkg-config (Debian: pkgconf, Fedora: pkgconf-pkg-config)])])
  PKG_PROG_PKG_CONFIG([0.29])
  AS_IF([test "x$PKG_CONFIG" = x],
    [AC_MSG_ERROR([pkg-config is missing: install pkgconf (Debian) or pkgconf-pkg-config (Fedora)])])
])

dnl GUESTLIST_PKG_VERSION(VARIABLE, MODULE): for the summary.
AC_DEFUN([GUESTLIST_PKG_VERSION], [$1=$($PKG_CONFIG --modversion "$2" 2>/dev/null)])

dnl GUESTLIST_PKG_REQUIRE(PREFIX, MODULE, MINIMUM, WHAT, DEBIAN PACKAGE, FEDORA PACKAGE): requires a library.
AC_DEFUN([GUESTLIST_PKG_REQUIRE], [
  PKG_CHECK_MODULES([$1], [$2 >= $3], [],
    [AC_MSG_ERROR([$4 >= $3 is missing: install $5 (Debian) or $6 (Fedora).
pkg-config reports: $$1_PKG_ERRORS])])
  GUESTLIST_PKG_VERSION([$1_VERSION], [$2])
])
