/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RFC 7666, vmStorageTable: the disks in the XML, with their statistics. */
#include <stdio.h>
#include <string.h>

#include "agent/mib/vm_devices.h"
#include "agent/mib/vm_tables.h"
#include "lib/base/array.h"
#include "lib/base/text.h"
#include "lib/model/xml_facts.h"
#include "lib/model/device_stats.h"

enum { NOT_AVAILABLE = -1 };

/* VirtualMachineStorageSourceType, VirtualMachineStorageAccess and IANAStorageMediaType. Only in the last one,
 * other comes before unknown. */
enum { SOURCE_UNKNOWN = 1, SOURCE_OTHER, SOURCE_BLOCK, SOURCE_RAW, SOURCE_SPARSE, SOURCE_NETWORK };
enum { ACCESS_READWRITE = 2, ACCESS_READONLY };
enum { MEDIA_OTHER = 1, MEDIA_HARD_DISK = 3, MEDIA_OPTICAL_DISK, MEDIA_FLOPPY_DISK };

static const struct disk *vm_storage_disk(const struct mib_cell *cell)
{
    return &rows_item_domain(cell)->xml_facts->disks[((const struct rows_item *)cell->row)->first];
}

static bool vm_storage_is_active(const struct mib_cell *cell)
{
    return domain_active(rows_item_domain(cell));
}

const struct disk_stats *vm_storage_stats(const struct mib_cell *cell)
{
    return device_stats_disk(rows_item_domain(cell)->device_stats, vm_storage_disk(cell)->target);
}

static bool vm_storage_seek_item(struct rows_item *item, const mib_subid *least, mib_subid *found)
{
    const struct xml_facts *xml_facts = item->row->domain->xml_facts;

    return xml_facts && vm_devices_seek(item, item->row->disks, xml_facts->disk_count, least[0], found);
}

bool vm_storage_seek(const struct answer *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    return rows_seek_item(answer, 1, vm_storage_seek_item, index, length, row);
}

/* The row of the disk in hrStorageTable is not known: Net-SNMP chooses those numbers, and they change when file
 * systems are mounted. */
static bool vm_storage_get_parent(const struct mib_cell *cell)
{
    return mib_put_integer(cell->value, 0);
}

/* `format` NULL: any format fits. A disk without a format is raw. */
static bool vm_storage_is_type(const struct disk *disk, const char *type, const char *format)
{
    if (!disk->type || strcmp(disk->type, type) != 0)
        return false;
    return !format || strcmp(disk->format ? disk->format : "raw", format) == 0;
}

/* A disk without a source is an empty drive, whose type is unknown. */
static int32_t vm_storage_source_type(const struct disk *disk)
{
    static const struct {
        const char *type, *format;
        int32_t source;
    } types[] = {
        { "block", NULL, SOURCE_BLOCK },     { "file", "raw", SOURCE_RAW },     { "file", "qcow2", SOURCE_SPARSE },
        { "file", "qcow", SOURCE_SPARSE },   { "file", "qed", SOURCE_SPARSE },  { "file", "vmdk", SOURCE_SPARSE },
        { "file", "vdi", SOURCE_SPARSE },    { "file", "vhdx", SOURCE_SPARSE }, { "file", "vpc", SOURCE_SPARSE },
        { "network", NULL, SOURCE_NETWORK },
    };

    if (!disk->source)
        return SOURCE_UNKNOWN;
    for (size_t i = 0; i < ARRAY_COUNT(types); i++)
        if (vm_storage_is_type(disk, types[i].type, types[i].format))
            return types[i].source;
    return SOURCE_OTHER;
}

static bool vm_storage_get_source_type(const struct mib_cell *cell)
{
    return mib_put_integer(cell->value, vm_storage_source_type(vm_storage_disk(cell)));
}

/* Such as "qcow2", or "raw rbd" for a disk on the network. */
static bool vm_storage_get_source_type_string(const struct mib_cell *cell)
{
    const struct disk *disk = vm_storage_disk(cell);
    const char *format = disk->format ? disk->format : "", *protocol = disk->protocol ? disk->protocol : "";
    char text[TEXT_SNMP_MAX + 1];

    (void)snprintf(text, sizeof(text), "%s%s%s", format, *format && *protocol ? " " : "", protocol);
    return mib_put_text(cell->value, text);
}

/* How much of a URL may be shown: not "?token=...", and not ":id=...:key=..." of RBD. */
static size_t vm_storage_public_length(const char *url)
{
    size_t length = strcspn(url, "?");

    for (const char *colon = url; (colon = memchr(colon, ':', length - (size_t)(colon - url))); colon++)
        if (memchr(colon + 1, '=', strcspn(colon + 1, ":/?")))
            return (size_t)(colon - url);
    return length;
}

/* Where USER:PASSWORD@ may begin. `is_bare`: the text begins with the protocol, such as "rbd:". */
static const char *vm_storage_user(const char *url, bool is_bare)
{
    const char *scheme = strstr(url, "://"), *colon = strchr(url, ':');

    if (scheme)
        return scheme + 3;
    return is_bare && colon ? colon + 1 : url;
}

/* The URL with *** in place of the password of USER:PASSWORD@, or of USER%PASSWORD@, as QEMU writes it for iSCSI.
 * The password may contain what would end the URL, so it ends at the last "@". */
static void vm_storage_format_url(const char *url, bool is_bare, char *text, size_t size)
{
    const char *user = vm_storage_user(url, is_bare), *at = strrchr(user, '@');
    size_t shown = vm_storage_public_length(url), mark = (size_t)(user - url) + strcspn(user, ":%");
    bool has_password = at && mark < (size_t)(at - url);
    bool is_option = url[shown] == ':' && has_password && shown < (size_t)(at - url);

    if (has_password && mark < shown && !is_option)
        (void)snprintf(text, size, "%.*s***%.*s", (int)mark + 1, url, (int)vm_storage_public_length(at), at);
    else
        (void)snprintf(text, size, "%.*s", (int)(has_password && mark < shown ? mark : shown), url);
}

/* The source without credentials. libvirt does not hide them in two places: in the options after the name of a
 * disk on the network, and in texts that QEMU accepts in place of a file's path (URLs, "rbd:...", "json:..."). */
static void vm_storage_format_source(const struct disk *disk, char *text, size_t size)
{
    static const char json[] = "json:";
    const char *source = disk->source ? disk->source : "";

    if (strncmp(source, json, strlen(json)) == 0)
        (void)snprintf(text, size, "%s", json);
    else if (!disk->protocol && *source == '/')
        (void)snprintf(text, size, "%s", source);
    else
        vm_storage_format_url(source, !disk->protocol, text, size);
}

/* A path that is too long ends in "...", so that it does not look like another one. */
static bool vm_storage_get_resource_id(const struct mib_cell *cell)
{
    const struct disk *disk = vm_storage_disk(cell);
    const char *protocol = disk->protocol ? disk->protocol : "";
    char text[4 * TEXT_SNMP_MAX];
    int length;

    length = snprintf(text, sizeof(text), "%.64s%s", protocol, *protocol ? ":" : "");
    if (length < 0)
        return false;
    vm_storage_format_source(disk, text + length, sizeof(text) - (size_t)length);
    if (strlen(text) <= TEXT_SNMP_MAX)
        return mib_put_text(cell->value, text);
    cell->value->length = text_snmp(text, cell->value->buffer, TEXT_SNMP_MAX - 3);
    memcpy(cell->value->buffer + cell->value->length, "...", 3);
    cell->value->length += 3;
    cell->value->bytes = cell->value->buffer;
    return true;
}

static bool vm_storage_is_device(const struct disk *disk, const char *device)
{
    return strcmp(disk->device ? disk->device : "disk", device) == 0;
}

static bool vm_storage_get_access(const struct mib_cell *cell)
{
    const struct disk *disk = vm_storage_disk(cell);
    bool is_readonly = disk->readonly || vm_storage_is_device(disk, "cdrom");

    return mib_put_integer(cell->value, is_readonly ? ACCESS_READONLY : ACCESS_READWRITE);
}

static bool vm_storage_get_media_type(const struct mib_cell *cell)
{
    static const struct {
        const char *device;
        int32_t media;
    } types[] = {
        { "disk", MEDIA_HARD_DISK },
        { "lun", MEDIA_HARD_DISK },
        { "cdrom", MEDIA_OPTICAL_DISK },
        { "floppy", MEDIA_FLOPPY_DISK },
    };

    for (size_t i = 0; i < ARRAY_COUNT(types); i++)
        if (vm_storage_is_device(vm_storage_disk(cell), types[i].device))
            return mib_put_integer(cell->value, types[i].media);
    return mib_put_integer(cell->value, MEDIA_OTHER);
}

static bool vm_storage_get_media_type_string(const struct mib_cell *cell)
{
    const struct disk *disk = vm_storage_disk(cell);

    return mib_put_text(cell->value, disk->bus ? disk->bus : "");
}

/* The sizes of an inactive domain are not read again, because libvirtd would keep the domain locked while it opens
 * the image. */
int64_t vm_storage_size(const struct mib_cell *cell, uint32_t fact, size_t offset)
{
    const struct disk_stats *device_stats = vm_storage_stats(cell);
    const struct disk *disk = vm_storage_disk(cell);
    uint64_t bytes;

    if (!device_stats || !(device_stats->known & fact) || !disk->source)
        return NOT_AVAILABLE;
    if (!vm_storage_is_active(cell) && device_stats->path && strcmp(device_stats->path, disk->source) != 0)
        return NOT_AVAILABLE;
    memcpy(&bytes, (const char *)device_stats + offset, sizeof(bytes));
    return bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes;
}

static int64_t vm_storage_defined_size(const struct mib_cell *cell)
{
    return vm_storage_size(cell, DISK_CAPACITY, offsetof(struct disk_stats, capacity_bytes));
}

/* The space that is used on the host. For block devices and raw images the RFC asks for the defined size. */
static int64_t vm_storage_allocated_size(const struct mib_cell *cell)
{
    int32_t source = vm_storage_source_type(vm_storage_disk(cell));

    if (source == SOURCE_BLOCK || source == SOURCE_RAW)
        return vm_storage_defined_size(cell);
    return vm_storage_size(cell, DISK_PHYSICAL, offsetof(struct disk_stats, physical_bytes));
}

/* The smallest unit in which both sizes fit into their type, so that small disks have exact sizes. */
static int64_t vm_storage_size_unit(const struct mib_cell *cell)
{
    int64_t defined = vm_storage_defined_size(cell), allocated = vm_storage_allocated_size(cell), unit = 1;
    int64_t larger = defined > allocated ? defined : allocated;

    while (larger / unit > INT32_MAX && unit < 1 << 30)
        unit *= 1024;
    return unit;
}

static bool vm_storage_get_size_unit(const struct mib_cell *cell)
{
    return mib_put_integer(cell->value, vm_storage_size_unit(cell));
}

static bool vm_storage_put_size(const struct mib_cell *cell, int64_t bytes)
{
    return mib_put_integer(cell->value,
                           bytes == NOT_AVAILABLE ? NOT_AVAILABLE : bytes / vm_storage_size_unit(cell));
}

static bool vm_storage_get_defined_size(const struct mib_cell *cell)
{
    return vm_storage_put_size(cell, vm_storage_defined_size(cell));
}

static bool vm_storage_get_allocated_size(const struct mib_cell *cell)
{
    return vm_storage_put_size(cell, vm_storage_allocated_size(cell));
}

#define COUNTER(name, fact, field, unit) VM_DEVICE_COUNTER(name, disk_stats, vm_storage_stats, fact, field, unit)

COUNTER(vm_storage_get_reads, DISK_READS, reads, 1)
COUNTER(vm_storage_get_writes, DISK_WRITES, writes, 1)
COUNTER(vm_storage_get_read_bytes, DISK_READ_BYTES, read_bytes, 1)
COUNTER(vm_storage_get_write_bytes, DISK_WRITE_BYTES, write_bytes, 1)
COUNTER(vm_storage_get_read_time, DISK_READ_TIME, read_time_ns, US_IN_NS)
COUNTER(vm_storage_get_write_time, DISK_WRITE_TIME, write_time_ns, US_IN_NS)

static const struct mib_column columns[] = {
    { 3, MIB_INTEGER, vm_storage_get_parent, "vmStorageParent", NULL },
    { 4, MIB_INTEGER, vm_storage_get_source_type, "vmStorageSourceType", NULL },
    { 5, MIB_OCTETS, vm_storage_get_source_type_string, "vmStorageSourceTypeString", NULL },
    { 6, MIB_OCTETS, vm_storage_get_resource_id, "vmStorageResourceID", NULL },
    { 7, MIB_INTEGER, vm_storage_get_access, "vmStorageAccess", NULL },
    { 8, MIB_INTEGER, vm_storage_get_media_type, "vmStorageMediaType", NULL },
    { 9, MIB_OCTETS, vm_storage_get_media_type_string, "vmStorageMediaTypeString", NULL },
    { 10, MIB_INTEGER, vm_storage_get_size_unit, "vmStorageSizeUnit", NULL },
    { 11, MIB_INTEGER, vm_storage_get_defined_size, "vmStorageDefinedSize", NULL },
    { 12, MIB_INTEGER, vm_storage_get_allocated_size, "vmStorageAllocatedSize", NULL },
    { 13, MIB_COUNTER64, vm_storage_get_reads, "vmStorageReadIOs", NULL },
    { 14, MIB_COUNTER64, vm_storage_get_writes, "vmStorageWriteIOs", NULL },
    { 15, MIB_COUNTER64, vm_storage_get_read_bytes, "vmStorageReadOctets", NULL },
    { 16, MIB_COUNTER64, vm_storage_get_write_bytes, "vmStorageWriteOctets", NULL },
    { 17, MIB_COUNTER64, vm_storage_get_read_time, "vmStorageReadLatency", NULL },
    { 18, MIB_COUNTER64, vm_storage_get_write_time, "vmStorageWriteLatency", NULL },
};

static const mib_subid base[] = { VM_MIB_OID, 1, 7, 1 };

const struct mib_table vm_storage_table = MIB_TABLE(base, columns, vm_storage_seek);
