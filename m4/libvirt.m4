dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Where is libvirt, and is it new enough to support checkpoints? Sets LIBVIRT_CFLAGS, LIBVIRT_LIBS.

AC_DEFUN([GUESTLIST_LIBVIRT],
  [GUESTLIST_PKG_REQUIRE([LIBVIRT], [libvirt], [$1], [libvirt], [libvirt-dev], [libvirt-devel])])
