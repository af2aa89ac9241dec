dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Can the unit tests be built? auto, yes or no. Sets CMOCKA_CFLAGS, CMOCKA_LIBS and WITH_UNIT_TESTS.

AC_DEFUN([GUESTLIST_CMOCKA], [
  AC_ARG_WITH([cmocka],
    [AS_HELP_STRING([--with-cmocka], [build the unit tests: yes, no, or auto, if cmocka is installed @<:@auto@:>@])],
    [], [with_cmocka=auto])
  CMOCKA_VERSION=
  AS_IF([test "x$with_cmocka" != xno], [
    PKG_CHECK_MODULES([CMOCKA], [cmocka >= $1], [GUESTLIST_PKG_VERSION([CMOCKA_VERSION], [cmocka])], [
      AS_IF([test "x$with_cmocka" != xauto], [AC_MSG_ERROR([--with-cmocka was given, but cmocka >= $1 is missing:
install libcmocka-dev (Debian) or libcmocka-devel (Fedora), or leave --with-cmocka out to build without unit tests])])
    ])
  ])
  AM_CONDITIONAL([WITH_UNIT_TESTS], [test -n "$CMOCKA_VERSION"])
])
