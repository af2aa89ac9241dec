dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Does `make check` run the integration tests? They need root and real daemons, and are skipped without them. distcheck,
dnl which checks that the tarball is complete, leaves them out.

AC_DEFUN([GUESTLIST_INTEGRATION_TESTS], [
  AC_ARG_VAR([DISTCHECK], [set to 1, `make check` runs unit tests and lint only])
  AM_CONDITIONAL([WITH_INTEGRATION_TESTS], [test "x$DISTCHECK" != x1])
])
