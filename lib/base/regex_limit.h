/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks whether an extended regular expression is small enough for the C library. The library copies a repeated
 * part as often as it may repeat: "((x{999}){999}){999}" has 20 characters and takes gigabytes. Pure. */
#ifndef GUESTLIST_BASE_REGEX_LIMIT_H
#define GUESTLIST_BASE_REGEX_LIMIT_H

enum {
    REGEX_LIMIT_LENGTH = 255,  /* characters: as many as the longest name has */
    REGEX_LIMIT_WRITTEN = 256, /* characters, classes and dots when all repetitions are written out */
};

/* NULL if it is small enough, otherwise a constant text that says what is too much. The expression may be wrong in
 * other ways. */
const char *regex_limit_excess(const char *pattern);

#endif
