dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Which flags make errors harder to exploit? On by default; --disable-hardening turns them off. Sets
dnl HARDENING_CPPFLAGS, HARDENING_CFLAGS, HARDENING_LDFLAGS: for everything;
dnl PIE_CFLAGS, PIE_LDFLAGS: for programs, because a module cannot be linked with -pie.

AC_DEFUN([GUESTLIST_HARDENING], [
  AC_ARG_ENABLE([hardening],
    [AS_HELP_STRING([--disable-hardening], [build without stack protector, fortified libc calls, PIE, RELRO, ...])],
    [], [enable_hardening=yes])
  HARDENING_CPPFLAGS=
  HARDENING_CFLAGS=
  HARDENING_LDFLAGS=
  PIE_CFLAGS=
  PIE_LDFLAGS=
  AS_IF([test "x$enable_hardening" != xno], [
    GUESTLIST_TRY_CFLAG([HARDENING_CFLAGS], [-fstack-protector-strong])
    GUESTLIST_TRY_CFLAG([HARDENING_CFLAGS], [-fstack-clash-protection])
    GUESTLIST_TRY_CFLAG([HARDENING_CFLAGS], [-fcf-protection])
    GUESTLIST_TRY_LDFLAG([HARDENING_LDFLAGS], [-Wl,-z,relro])
    GUESTLIST_TRY_LDFLAG([HARDENING_LDFLAGS], [-Wl,-z,now])
    GUESTLIST_TRY_LDFLAG([HARDENING_LDFLAGS], [-Wl,-z,noexecstack])
    GUESTLIST_HARDENING_FORTIFY
    GUESTLIST_HARDENING_PIE
  ])
  AC_SUBST([HARDENING_CPPFLAGS])
  AC_SUBST([HARDENING_CFLAGS])
  AC_SUBST([HARDENING_LDFLAGS])
  AC_SUBST([PIE_CFLAGS])
  AC_SUBST([PIE_LDFLAGS])
])

dnl glibc warns about _FORTIFY_SOURCE without optimisation, and sanitizers find less with it. If the distribution's compiler
dnl already defines it, the probe fails, and the distribution's value stays.
AC_DEFUN([GUESTLIST_HARDENING_FORTIFY], [
  AC_CACHE_CHECK([whether $CC optimises], [guestlist_cv_optimises],
    [AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [[
      #ifndef __OPTIMIZE__
      #error not optimising
      #endif
      ]])], [guestlist_cv_optimises=yes], [guestlist_cv_optimises=no])])
  AS_IF([test "x$guestlist_cv_optimises" = xyes && test "x$SANITIZER_CFLAGS" = x],
    [GUESTLIST_TRY_CFLAG([HARDENING_CPPFLAGS], [-D_FORTIFY_SOURCE=2])])
])

dnl One probe for both flags: -pie cannot link objects that were compiled without -fPIE.
AC_DEFUN([GUESTLIST_HARDENING_PIE], [
  GUESTLIST_TRY_CFLAG([PIE_CFLAGS], [-fPIE -pie])
  AS_IF([test -n "$PIE_CFLAGS"], [
    PIE_CFLAGS=-fPIE
    PIE_LDFLAGS=-pie
  ])
])
