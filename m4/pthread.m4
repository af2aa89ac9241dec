dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl How are programs with threads compiled and linked? Sets PTHREAD_CFLAGS, used for both.

AC_DEFUN([GUESTLIST_PTHREAD], [
  AC_CACHE_CHECK([whether $CC -pthread gives threads], [guestlist_cv_pthread], [
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
])
