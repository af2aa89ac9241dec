dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Where is libxml2? Sets LIBXML2_CFLAGS, LIBXML2_LIBS.

AC_DEFUN([GUESTLIST_LIBXML2],
  [GUESTLIST_PKG_REQUIRE([LIBXML2], [libxml-2.0], [$1], [libxml2], [libxml2-dev], [libxml2-devel])])
