dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Which warnings are turned on? Sets WARN_CFLAGS. Never -Werror: a newer compiler with more warnings must not break a build.
dnl Use `make WERROR_CFLAGS=-Werror` to make warnings errors.

AC_DEFUN([GUESTLIST_WARNINGS], [
  WARN_CFLAGS=
  m4_foreach_w([flag], [
    -Wall
    -Wextra
    -Wshadow
    -Wundef
    -Wvla
    -Wwrite-strings
    -Wcast-qual
    -Wcast-align
    -Wpointer-arith
    -Wstrict-prototypes
    -Wmissing-prototypes
    -Wmissing-declarations
    -Wold-style-definition
    -Wredundant-decls
    -Wnested-externs
    -Wformat=2
    -Wformat-signedness
    -Wimplicit-fallthrough
    -Wstrict-overflow=1
    -Wlogical-op
    -Wduplicated-cond
    -Wduplicated-branches
    -Wjump-misses-init
    -Wnull-dereference
    -Wdouble-promotion
    -Wdate-time
    -Walloca],
    [GUESTLIST_TRY_CFLAG([WARN_CFLAGS], flag)])
  AC_SUBST([WARN_CFLAGS])
])
