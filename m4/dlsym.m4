dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Which library has dlsym()? Since glibc 2.34, the C library itself. Before, libdl, which is then added to LIBS.

AC_DEFUN([GUESTLIST_DLSYM], [
  AC_SEARCH_LIBS([dlsym], [dl], [], [AC_MSG_ERROR([no dlsym(): install libc6-dev (Debian) or glibc-devel (Fedora)])])
])
