dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Which sanitizers does this build use? Sets SANITIZER_CFLAGS, for compiling and linking, and WITH_SANITIZERS.

AC_DEFUN([GUESTLIST_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@],
      [build with these sanitizers; LIST is address,undefined by default @<:@no@:>@])],
    [], [enable_sanitizers=no])
  AS_CASE([$enable_sanitizers], [yes], [guestlist_sanitizers=address,undefined], [guestlist_sanitizers=$enable_sanitizers])
  SANITIZER_CFLAGS=
  AS_IF([test "x$guestlist_sanitizers" != xno], [GUESTLIST_SANITIZERS_ON])
  AC_SUBST([SANITIZER_CFLAGS])
  AC_SUBST([SANITIZERS], [$guestlist_sanitizers])
  AM_CONDITIONAL([WITH_SANITIZERS], [test -n "$SANITIZER_CFLAGS"])
])

AC_DEFUN([GUESTLIST_SANITIZERS_ON], [
  SANITIZER_CFLAGS="-fsanitize=$guestlist_sanitizers -fno-sanitize-recover=all -fno-omit-frame-pointer"
  AC_MSG_CHECKING([whether $CC builds with $SANITIZER_CFLAGS])
  guestlist_saved_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS $SANITIZER_CFLAGS"
  AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [AC_MSG_RESULT([yes])], [
    AC_MSG_RESULT([no])
    AC_MSG_ERROR([--enable-sanitizers=$guestlist_sanitizers: $CC cannot build with them. Their libraries are in
libasan, libubsan, ... (Fedora), libgcc-N-dev (Debian, for gcc) or libclang-rt-N-dev (Debian, for clang)])
  ])
  CFLAGS=$guestlist_saved_CFLAGS
])
