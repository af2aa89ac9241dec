/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of the module itself. An upgrade replaces it while snmpd runs, and snmpd goes on with the code that it
 * has loaded, also after SIGHUP. snmpd's thread only. */
#ifndef GUESTLIST_AGENT_SNMPD_MODULE_OWN_FILE_H
#define GUESTLIST_AGENT_SNMPD_MODULE_OWN_FILE_H

#include <stdbool.h>
#include <sys/types.h>

struct own_file {
    const char *path; /* of the dynamic linker; NULL: unknown */
    bool is_known;    /* the numbers of the file are known */
    dev_t device;
    ino_t inode;
};

/* Finds the file that has the code at `address`. Call it when the code has just been loaded. */
void own_file_find(struct own_file *file, const void *address);

/* Whether the file was replaced or removed since own_file_find(). False if that is not known. */
bool own_file_is_replaced(const struct own_file *file);

#endif
