dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl How are programs with threads compiled and linked? Sets PTHREAD_CFLAGS for both. Can a thread be joined with a time limit
dnl on a given clock? config.h: HAVE_PTHREAD_CLOCKJOIN_NP.

AC_DEFUN([GUESTLIST_PTHREAD], [
  AC_CACHE_CHECK([whether $CC -pthread supports threads], [guestlist_cv_pthread], [
    guestlist_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -pthread"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <pthread.h>
      static void *run(void *arg) { return arg; }]],
      [[pthread_t thread; return pthread_create(&thread, NULL, run, NULL);]])],
      [guestlist_cv_pthread=yes], [guestlist_cv_pthread=no])
    CFLAGS=$guestlist_saved_CFLAGS
  ])
  AS_IF([test "x$guestlist_cv_pthread" != xyes],
    [AC_MSG_ERROR([no POSIX threads: install libc6-dev (Debian) or glibc-devel (Fedora)])])
  AC_SUBST([PTHREAD_CFLAGS], [-pthread])
  GUESTLIST_PTHREAD_CLOCKJOIN
])

dnl glibc has this function since 2.31, musl does not have it. The probe also checks the declaration.
AC_DEFUN([GUESTLIST_PTHREAD_CLOCKJOIN], [
  AC_CACHE_CHECK([for pthread_clockjoin_np], [guestlist_cv_pthread_clockjoin], [
    guestlist_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -pthread -D_GNU_SOURCE"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[
      #include <pthread.h>
      #include <time.h>]],
      [[struct timespec until = { 0 };
      int (*join)(pthread_t, void **, clockid_t, const struct timespec *) = pthread_clockjoin_np;
      return join(pthread_self(), NULL, CLOCK_MONOTONIC, &until);]])],
      [guestlist_cv_pthread_clockjoin=yes], [guestlist_cv_pthread_clockjoin=no])
    CFLAGS=$guestlist_saved_CFLAGS
  ])
  AS_IF([test "x$guestlist_cv_pthread_clockjoin" = xyes],
    [AC_DEFINE([HAVE_PTHREAD_CLOCKJOIN_NP], [1], [1 if a thread can be joined with a time limit on a given clock])])
])
