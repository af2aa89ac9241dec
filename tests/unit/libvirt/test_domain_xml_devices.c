/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks and network interfaces in domain XML, also in XML that libvirt never writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/array.h"
#include "tests/unit/libvirt/domain_xml_stage.h"

static struct xml_facts *devices(const char *text)
{
    char xml[8192];
    struct xml_facts *xml_facts;

    (void)snprintf(xml, sizeof(xml), "<domain><devices>%s</devices></domain>", text);
    xml_facts = domain_xml_parse(parser, xml);
    assert_non_null(xml_facts);
    return xml_facts;
}

static void disks_are_read_in_order(void **state)
{
    struct xml_facts *xml_facts =
        devices("<emulator>/usr/bin/qemu</emulator>"
                "<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/>"
                "<source file='/a&amp;b.qcow2' index='2'/>"
                "<backingStore type='file'><format type='raw'/><source file='/base.img'/></backingStore>"
                "<target dev='vda' bus='virtio'/><alias name='virtio-disk0'/></disk>"
                "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><target dev='hdc' "
                "bus='ide'/><readonly/></disk>"
                "<disk type='network' device='disk'><driver type='raw'/><source protocol='rbd' "
                "name='pool/x'><host name='h'/></source>"
                "<target dev='vdb' bus='virtio'/></disk>"
                "<disk type='block' device='lun'><source dev='/dev/sdx'/><target dev='sda'/></disk>"
                "<disk type='dir' device='floppy'><source dir='/d'/><target dev='fda'/></disk>"
                "<disk type='volume'><source pool='p' volume='v'/><target dev='vdc'/></disk>");
    const struct disk *disks = xml_facts->disks;

    (void)state;
    assert_int_equal(xml_facts->disk_count, 6);
    assert_int_equal(xml_facts->interface_count, 0);
    assert_string_equal(disks[0].target, "vda");
    assert_string_equal(disks[0].device, "disk");
    assert_string_equal(disks[0].type, "file");
    assert_string_equal(disks[0].format, "qcow2");
    assert_string_equal(disks[0].bus, "virtio");
    assert_string_equal(disks[0].source, "/a&b.qcow2"); /* not its backing file */
    assert_null(disks[0].protocol);
    assert_false(disks[0].readonly);
    assert_string_equal(disks[1].target, "hdc");
    assert_null(disks[1].source);
    assert_true(disks[1].readonly);
    assert_string_equal(disks[2].protocol, "rbd");
    assert_string_equal(disks[2].source, "pool/x");
    assert_string_equal(disks[3].source, "/dev/sdx");
    assert_null(disks[3].bus);
    assert_null(disks[3].format);
    assert_string_equal(disks[4].source, "/d");
    assert_string_equal(disks[5].source, "v");
    assert_null(disks[5].device);
    xml_facts_unref(xml_facts);
}

/* As libvirt writes them, and as it never does. A disk has one name, whatever its source has. */
static void nvme_and_vhost_user_disks_have_a_name(void **state)
{
    static const struct {
        const char *source, *name;
    } disks[] = {
        { "<source type='pci' managed='yes' namespace='1'>"
          "<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source>",
          "nvme://0000:01:00.0/1" },
        { "<source type='pci' namespace='12'><address domain='0x1c2d' bus='0xff' slot='0x1f' function='0x7'/>"
          "</source>",
          "nvme://1c2d:ff:1f.7/12" },
        { "<source><address/></source>", "nvme://0000:00:00.0/0" },
        { "<source namespace='x'><address domain='' bus='zz' slot='0x' function='-'/></source>",
          "nvme://0000:00:00.0/0" },
        { "<source file='/a' path='/b'><address bus='0x01'/></source>", "/a" },
        { "<source type='unix' path='/run/blk.sock'><reconnect enabled='yes' timeout='10'/></source>",
          "/run/blk.sock" },
        { "<source dev='/dev/vhost-vdpa-0'/>", "/dev/vhost-vdpa-0" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(disks); i++) {
        char xml[512];
        struct xml_facts *xml_facts;

        (void)snprintf(xml, sizeof(xml),
                       "<disk>%s<target dev='vda'/><address type='pci' domain='0x0000' bus='0x00' slot='0x05' "
                       "function='0x0'/></disk>",
                       disks[i].source);
        xml_facts = devices(xml);
        assert_string_equal(xml_facts->disks[0].source, disks[i].name);
        xml_facts_unref(xml_facts);
    }
}

static void interfaces_are_read_in_order(void **state)
{
    struct xml_facts *xml_facts = devices(
        "<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><target dev='vnet0'/>"
        "<model type='virtio'/></interface>"
        "<interface type='network'><source network='default' portid='x' bridge='virbr0'/><target "
        "dev='vnet1'/></interface>"
        "<interface type='network'><source network='default'/></interface>"
        "<interface type='direct'><source dev='eth0' mode='bridge'/><target dev='macvtap0'/></interface>"
        "<interface type='user'><mac address='52:54:00:00:00:02'/></interface>"
        "<interface/>");
    const struct interface *interfaces = xml_facts->interfaces;

    (void)state;
    assert_int_equal(xml_facts->interface_count, 6);
    assert_int_equal(xml_facts->disk_count, 0);
    assert_string_equal(interfaces[0].mac, "52:54:00:00:00:01");
    assert_string_equal(interfaces[0].type, "bridge");
    assert_string_equal(interfaces[0].target, "vnet0");
    assert_string_equal(interfaces[0].parent, "br0");
    assert_string_equal(interfaces[0].model, "virtio");
    assert_string_equal(interfaces[1].parent, "virbr0");
    assert_null(interfaces[2].parent);
    assert_null(interfaces[2].target);
    assert_string_equal(interfaces[3].parent, "eth0");
    assert_null(interfaces[4].model);
    assert_null(interfaces[5].type);
    assert_null(interfaces[5].mac);
    xml_facts_unref(xml_facts);
}

/* Other code relies on each disk having a target. */
static void a_disk_without_a_target_is_ignored(void **state)
{
    struct xml_facts *xml_facts = devices("<disk/><disk><target/></disk><disk><target dev=''/></disk>"
                                          "<disk><target bus='ide'/></disk><disk><target dev='sda'/></disk>");

    (void)state;
    assert_int_equal(xml_facts->disk_count, 1);
    assert_string_equal(xml_facts->disks[0].target, "sda");
    xml_facts_unref(xml_facts);
}

static void devices_in_other_places_are_ignored(void **state)
{
    struct xml_facts *xml_facts = domain_xml_parse(
        parser, "<domain><disk><target dev='a'/></disk><metadata><m:x xmlns:m='urn:m'><devices><disk>"
                "<target dev='b'/></disk></devices></m:x></metadata>"
                "<devices><hostdev><disk><target dev='c'/></disk></hostdev>"
                "<x:disk xmlns:x='urn:x'><target dev='d'/></x:disk></devices></domain>");

    (void)state;
    assert_non_null(xml_facts);
    assert_int_equal(xml_facts->disk_count, 0);
    assert_null(xml_facts->disks);
    xml_facts_unref(xml_facts);
}

static void empty_texts_are_absent(void **state)
{
    struct xml_facts *xml_facts = devices("<disk type='' device=''><driver type=''/><source file=''/>"
                                          "<target dev='sda' bus=''/></disk><interface type=''><mac address=''/>"
                                          "<source bridge=''/><target dev=''/><model type=''/></interface>");

    (void)state;
    assert_null(xml_facts->disks[0].type);
    assert_null(xml_facts->disks[0].device);
    assert_null(xml_facts->disks[0].format);
    assert_null(xml_facts->disks[0].source);
    assert_null(xml_facts->disks[0].bus);
    assert_null(xml_facts->interfaces[0].mac);
    assert_null(xml_facts->interfaces[0].parent);
    assert_null(xml_facts->interfaces[0].target);
    xml_facts_unref(xml_facts);
}

static void the_number_of_devices_is_limited(void **state)
{
    enum { MANY = 3000, ONE = 64 };
    char *xml = malloc(MANY * ONE), *end = xml;
    struct xml_facts *xml_facts;

    (void)state;
    assert_non_null(xml);
    end = stpcpy(end, "<domain><devices>");
    for (unsigned i = 0; i < MANY; i++)
        end += snprintf(end, ONE, "<disk><target dev='d%u'/></disk>", i);
    (void)strcpy(end, "</devices></domain>");
    xml_facts = domain_xml_parse(parser, xml);
    assert_non_null(xml_facts);
    assert_int_equal(xml_facts->disk_count, 1024);
    assert_string_equal(xml_facts->disks[1023].target, "d1023");
    xml_facts_unref(xml_facts);
    free(xml);
}

static void a_path_of_any_length_is_read(void **state)
{
    enum { LENGTH = 100000 };
    char *path = malloc(LENGTH + 1), *xml = malloc(LENGTH + 200);
    struct xml_facts *xml_facts;

    (void)state;
    assert_true(path && xml);
    memset(path, 'p', LENGTH);
    path[LENGTH] = '\0';
    (void)snprintf(xml, LENGTH + 200,
                   "<domain><devices><disk><source file='%s'/><target dev='a'/></disk></devices></domain>", path);
    xml_facts = domain_xml_parse(parser, xml);
    assert_non_null(xml_facts);
    assert_string_equal(xml_facts->disks[0].source, path);
    xml_facts_unref(xml_facts);
    free(path);
    free(xml);
}

static void pinning_is_not_read_from_the_xml(void **state)
{
    struct xml_facts *xml_facts = domain_xml_parse(
        parser, "<domain><vcpu>2</vcpu><cputune><vcpupin vcpu='0' cpuset='1'/></cputune></domain>");

    (void)state;
    assert_non_null(xml_facts);
    assert_null(xml_facts->pinning.maps);
    assert_int_equal(xml_facts->pinning.count, 0);
    xml_facts_unref(xml_facts);
}

static void facts_live_as_long_as_a_reference(void **state)
{
    struct xml_facts *xml_facts = devices("<disk><target dev='sda'/></disk><interface type='user'/>");

    (void)state;
    xml_facts->pinning.maps = malloc(4);
    xml_facts_unref(xml_facts_ref(xml_facts));
    assert_string_equal(xml_facts->disks[0].target, "sda");
    assert_string_equal(xml_facts->interfaces[0].type, "user");
    xml_facts_unref(xml_facts);
    xml_facts_unref(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disks_are_read_in_order),
        cmocka_unit_test(nvme_and_vhost_user_disks_have_a_name),
        cmocka_unit_test(interfaces_are_read_in_order),
        cmocka_unit_test(a_disk_without_a_target_is_ignored),
        cmocka_unit_test(devices_in_other_places_are_ignored),
        cmocka_unit_test(empty_texts_are_absent),
        cmocka_unit_test(the_number_of_devices_is_limited),
        cmocka_unit_test(a_path_of_any_length_is_read),
        cmocka_unit_test(pinning_is_not_read_from_the_xml),
        cmocka_unit_test(facts_live_as_long_as_a_reference),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
