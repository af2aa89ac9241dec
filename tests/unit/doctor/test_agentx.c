/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A master that never comes to an end cannot hold up --check. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/snmp/agentx.h"
#include "lib/base/clock.h"

enum { PATIENCE_MS = 400, ALL_STEPS_MS = 5 * PATIENCE_MS, PIECE_MS = 20 };

static char folder[64], path[80];

/* What the master sends again and again. */
struct piece {
    const unsigned char *bytes;
    size_t length;
};

struct master {
    int listener;
    const struct piece *piece;
};

/* A Get with an empty payload, and the first byte of any PDU. */
static const unsigned char get_pdu[20] = { 1, 5, 0x10 }, one_byte[] = { 1 };
static const struct piece pdus = { get_pdu, sizeof(get_pdu) }, bytes = { one_byte, 1 }, nothing = { NULL, 0 };

static void *serve(void *data)
{
    const struct master *master = data;
    int client = accept(master->listener, NULL, NULL);
    char request[4096];

    while (client >= 0 && send(client, master->piece->bytes, master->piece->length, MSG_NOSIGNAL) >= 0) {
        (void)usleep(PIECE_MS * 1000);
        if (recv(client, request, sizeof(request), MSG_DONTWAIT) == 0)
            break; /* the other side has closed it */
    }
    (void)close(client);
    return NULL;
}

static int listen_at_path(void)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    (void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
    (void)unlink(path);
    assert_true(fd >= 0 && bind(fd, (const struct sockaddr *)&name, sizeof(name)) == 0 && listen(fd, 1) == 0);
    return fd;
}

static void assert_ends_in_time(const struct piece *piece)
{
    struct master master = { listen_at_path(), piece };
    static const mib_subid subtree[] = { 1, 3, 6 };
    int64_t began = clock_boot_ms();
    struct agentx_link link;
    pthread_t thread;
    uint32_t session;

    assert_int_equal(pthread_create(&thread, NULL, serve, &master), 0);
    assert_true(agentx_connect(&link, path, PATIENCE_MS));
    assert_int_equal(agentx_open(&link, &session), AGENTX_NO_ANSWER);
    assert_int_equal(agentx_register(&link, 1, "", subtree, 3), AGENTX_NO_ANSWER);
    agentx_close(&link, 1);
    if (clock_boot_ms() - began > ALL_STEPS_MS)
        fail_msg("it took %lld ms", (long long)(clock_boot_ms() - began));
    agentx_disconnect(&link);
    assert_int_equal(link.fd, -1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    (void)close(master.listener);
}

static void a_master_that_only_sends_requests_is_left_in_time(void **state)
{
    (void)state;
    assert_ends_in_time(&pdus);
}

static void a_master_that_sends_byte_by_byte_is_left_in_time(void **state)
{
    (void)state;
    assert_ends_in_time(&bytes);
}

static void a_master_that_sends_nothing_is_left_in_time(void **state)
{
    (void)state;
    assert_ends_in_time(&nothing);
}

static int make_folder(void **state)
{
    (void)state;
    (void)strcpy(folder, "/tmp/agentx.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof(path), "%s/master", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_master_that_only_sends_requests_is_left_in_time),
        cmocka_unit_test(a_master_that_sends_byte_by_byte_is_left_in_time),
        cmocka_unit_test(a_master_that_sends_nothing_is_left_in_time),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
