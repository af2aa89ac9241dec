dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Where does bash look for the completion of a command? pkg-config knows it, if the package bash-completion is installed.
dnl The folder is moved below the prefix of this build, where bash looks as well. Sets bashcompletiondir (empty: not
dnl installed).

AC_DEFUN([GUESTLIST_BASH_COMPLETION], [
  AC_ARG_WITH([bash-completion-dir],
    [AS_HELP_STRING([--with-bash-completion-dir=DIR], [where the completion for bash is installed, or no @<:@DATADIR/bash-completion/completions@:>@])],
    [], [with_bash_completion_dir=yes])
  AS_IF([test "x$with_bash_completion_dir" = xyes],
    [with_bash_completion_dir=`$PKG_CONFIG --define-variable=datadir='${datadir}' --variable=completionsdir bash-completion 2>/dev/null`
     AS_CASE([$with_bash_completion_dir], ['${datadir}'/*], [],
       [with_bash_completion_dir='${datadir}/bash-completion/completions'])])
  AS_CASE([$with_bash_completion_dir], [no], [with_bash_completion_dir=], [/*|'$'*], [],
    [AC_MSG_ERROR([--with-bash-completion-dir=$with_bash_completion_dir: expected an absolute path, or no])])
  AC_SUBST([bashcompletiondir], [$with_bash_completion_dir])
])
