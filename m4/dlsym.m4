dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Which library has dlsym()? The C library itself, since glibc 2.34; before that libdl, which is added to LIBS then.

AC_DEFUN([GUESTLIST_DLSYM], [
  AC_SEARCH_LIBS([dlsym], [dl], [], [AC_MSG_ERROR([no dlsym(): install libc6-dev (Debian) or glibc-devel (Fedora)])])
])
