dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Which compiler is used, does it support C11, and does it accept a flag?

dnl The tree is compiled with -std=gnu11, so this is tried. The standard that autoconf itself finds differs between its
dnl releases: C99 at most in 2.69, C11 in 2.71, C23 in 2.73.
AC_DEFUN([GUESTLIST_CC_C11], [
  AC_REQUIRE([AC_PROG_CC])
  AC_CACHE_CHECK([whether $CC supports C11], [guestlist_cv_c11], [
    guestlist_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -std=gnu11"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
      #include <stdint.h>
      _Static_assert(sizeof(int64_t) == 8, "C11");
      struct outer { union { int one; int same; }; };]],
      [[struct outer outer = { .one = 1 };
      return _Generic(outer.same, int: outer.same, default: 0);]])],
      [guestlist_cv_c11=yes], [guestlist_cv_c11=no])
    CFLAGS=$guestlist_saved_CFLAGS
  ])
  AS_IF([test "x$guestlist_cv_c11" != xyes],
    [AC_MSG_ERROR([$CC does not support C11: use gcc >= 5 or clang >= 3.6, e.g. ./configure CC=gcc])])
  AC_PROG_SED
  GUESTLIST_CC_VERSION=$($CC --version 2>/dev/null | head -n 1)
])

dnl GUESTLIST_TRY_CFLAG(VARIABLE, FLAG): appends FLAG to VARIABLE if compiling and linking with it works. The probe uses
dnl -Werror, because clang only warns about a flag that it ignores.
AC_DEFUN([GUESTLIST_TRY_CFLAG], [
  AS_VAR_PUSHDEF([cache], [guestlist_cv_cflag_$2])
  AC_CACHE_CHECK([whether $CC accepts $2], [cache], [
    guestlist_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror $2"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[return (int)strlen("");]])],
      [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
    CFLAGS=$guestlist_saved_CFLAGS
  ])
  AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([$1], [" $2"])])
  AS_VAR_POPDEF([cache])
])

dnl GUESTLIST_TRY_LDFLAG(VARIABLE, FLAG): the same for the linker.
AC_DEFUN([GUESTLIST_TRY_LDFLAG], [
  AS_VAR_PUSHDEF([cache], [guestlist_cv_ldflag_$2])
  AC_CACHE_CHECK([whether the linker accepts $2], [cache], [
    guestlist_saved_CFLAGS=$CFLAGS
    guestlist_saved_LDFLAGS=$LDFLAGS
    CFLAGS="$CFLAGS -Werror"
    LDFLAGS="$LDFLAGS $2"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
    CFLAGS=$guestlist_saved_CFLAGS
    LDFLAGS=$guestlist_saved_LDFLAGS
  ])
  AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([$1], [" $2"])])
  AS_VAR_POPDEF([cache])
])
