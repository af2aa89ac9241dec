dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Which sanitizers does this build use, and does it have the harnesses of tests/fuzz? Sets SANITIZER_CFLAGS, for compiling
dnl and linking, WITH_SANITIZERS, LIBFUZZER, for linking a harness, and WITH_FUZZING.

AC_DEFUN([GUESTLIST_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@],
      [build with these sanitizers; LIST is address,undefined by default, and may be thread @<:@no@:>@])],
    [], [enable_sanitizers=no])
  AC_ARG_ENABLE([fuzzing],
    [AS_HELP_STRING([--enable-fuzzing],
      [build the harnesses of tests/fuzz with CC=clang; this also enables the sanitizers @<:@no@:>@])],
    [], [enable_fuzzing=no])
  AS_IF([test "x$enable_fuzzing" != xno && test "x$enable_sanitizers" = xno], [enable_sanitizers=yes])
  AS_CASE([$enable_sanitizers], [yes], [guestlist_sanitizers=address,undefined], [guestlist_sanitizers=$enable_sanitizers])
  SANITIZER_CFLAGS=
  LIBFUZZER=
  AS_IF([test "x$guestlist_sanitizers" != xno], [GUESTLIST_SANITIZERS_ON])
  AS_IF([test "x$enable_fuzzing" != xno], [GUESTLIST_FUZZING_ON])
  AC_SUBST([SANITIZER_CFLAGS])
  AC_SUBST([SANITIZERS], [$guestlist_sanitizers])
  AC_SUBST([LIBFUZZER])
  AM_CONDITIONAL([WITH_SANITIZERS], [test -n "$SANITIZER_CFLAGS"])
  AM_CONDITIONAL([WITH_FUZZING], [test -n "$LIBFUZZER"])
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

dnl All code is compiled so that libFuzzer sees which of it an input reaches. Only a harness is linked with libFuzzer, because
dnl libFuzzer has a main(). The harnesses use the fixtures of the unit tests, which need cmocka.
AC_DEFUN([GUESTLIST_FUZZING_ON], [
  AS_IF([test -z "$CMOCKA_VERSION"], [AC_MSG_ERROR([--enable-fuzzing needs cmocka, as the unit tests do])])
  SANITIZER_CFLAGS="$SANITIZER_CFLAGS -fsanitize=fuzzer-no-link"
  LIBFUZZER=-fsanitize=fuzzer
  AC_MSG_CHECKING([whether $CC has libFuzzer])
  guestlist_saved_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS $SANITIZER_CFLAGS $LIBFUZZER"
  AC_LINK_IFELSE([AC_LANG_SOURCE([[
    #include <stddef.h>
    #include <stdint.h>
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { (void)data; return size > (size_t)-2; }]])],
    [AC_MSG_RESULT([yes])], [
    AC_MSG_RESULT([no])
    AC_MSG_ERROR([--enable-fuzzing: $CC cannot build with libFuzzer: use CC=clang, and install
libclang-rt-dev (Debian) or compiler-rt (Fedora)])
  ])
  CFLAGS=$guestlist_saved_CFLAGS
])
