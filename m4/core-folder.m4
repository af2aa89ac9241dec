dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl autoconf ends every probe with `rm -f core ...`, meaning a core dump. Here core is a folder: rm would
dnl complain each time, and, failing, leave configure's other temporary files behind.

AC_DEFUN([GUESTLIST_CORE_IS_A_FOLDER], [
rm ()
{
  AS_IF([test "x@S|@1 @S|@2" = "x-f core"], [
    shift
    shift
    set x -f "@S|@@"
    shift
  ])
  command rm "@S|@@"
}
])
