dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl Can the collectd plugin be built, and where does collectd look for plugins? auto, yes or no. collectd has no .pc file, so
dnl the headers are compiled. Its folder belongs to the system: with another prefix, such as one in a user's home, the plugin
dnl goes below that prefix. Sets COLLECTD_CPPFLAGS, collectdplugindir and WITH_COLLECTD.

AC_DEFUN([GUESTLIST_COLLECTD], [
  AC_ARG_WITH([collectd],
    [AS_HELP_STRING([--with-collectd], [build the collectd plugin: yes, no, or auto, if collectd's headers are installed @<:@auto@:>@])],
    [], [with_collectd=auto])
  AC_ARG_WITH([collectd-includedir],
    [AS_HELP_STRING([--with-collectd-includedir=DIR], [where collectd/core/daemon/plugin.h is @<:@/usr/include@:>@])],
    [], [with_collectd_includedir=/usr/include])
  AC_ARG_WITH([collectd-plugindir],
    [AS_HELP_STRING([--with-collectd-plugindir=DIR], [where collectd finds plugins @<:@/usr/lib/collectd; with a prefix other than /usr and /usr/local: LIBDIR/collectd@:>@])],
    [], [AS_IF([GUESTLIST_IS_SYSTEM_PREFIX], [with_collectd_plugindir=/usr/lib/collectd],
      [with_collectd_plugindir='${libdir}/collectd' guestlist_plugins_note=", where collectd does not look (PluginDir)"])])
  AS_CASE([$with_collectd_plugindir], [/*|'$'*], [],
    [AC_MSG_ERROR([--with-collectd-plugindir=$with_collectd_plugindir: expected an absolute path, such as /usr/lib/collectd])])

  guestlist_collectd="turned off"
  AS_IF([test "x$with_collectd" != xno], [GUESTLIST_COLLECTD_HEADERS])
  AC_SUBST([COLLECTD_CPPFLAGS])
  AC_SUBST([collectdplugindir], [$with_collectd_plugindir])
  AM_CONDITIONAL([WITH_COLLECTD], [test "x$guestlist_collectd" = xyes])
])

dnl The headers include each other by several paths, and read collectd's config.h only with -DHAVE_CONFIG_H.
AC_DEFUN([GUESTLIST_COLLECTD_HEADERS], [
  guestlist_dir=$with_collectd_includedir
  COLLECTD_CPPFLAGS="-DHAVE_CONFIG_H -I$guestlist_dir/collectd/core/daemon -I$guestlist_dir/collectd/core -I$guestlist_dir/collectd"
  AS_CASE([$guestlist_dir], [/usr/include], [], [COLLECTD_CPPFLAGS="$COLLECTD_CPPFLAGS -I$guestlist_dir"])
  AC_CACHE_CHECK([for collectd's headers], [guestlist_cv_collectd_headers], [
    guestlist_saved_CPPFLAGS=$CPPFLAGS
    CPPFLAGS="$CPPFLAGS -D_GNU_SOURCE $COLLECTD_CPPFLAGS"
    AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
      #include "collectd/core/daemon/collectd.h"
      #include "collectd/core/daemon/plugin.h"
      void module_register(void) { plugin_register_read("probe", 0); }]])],
      [guestlist_cv_collectd_headers=yes], [guestlist_cv_collectd_headers=no])
    CPPFLAGS=$guestlist_saved_CPPFLAGS
  ])
  guestlist_collectd=$guestlist_cv_collectd_headers
  AS_IF([test "x$guestlist_collectd" = xyes], [], [
    guestlist_collectd="no headers in $guestlist_dir/collectd"
    AS_IF([test "x$with_collectd" = xyes], [AC_MSG_ERROR([--with-collectd was given, but collectd's headers do not compile (see config.log):
install collectd-dev (Debian), or use --with-collectd-includedir=DIR; leave --with-collectd out to build without the plugin])])
  ])
])
