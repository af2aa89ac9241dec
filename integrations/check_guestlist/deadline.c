/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/deadline.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "integrations/check_guestlist/report.h"

static void *deadline_wait(void *data)
{
    const struct deadline *deadline = data;
    struct timespec left = { .tv_sec = deadline->seconds };
    char text[100];
    int length;

    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
    length = snprintf(text, sizeof(text), "GUESTLIST UNKNOWN - no result within %ld s\n", deadline->seconds);
    if (write(STDOUT_FILENO, text, (size_t)length) < 0)
        _exit(STATUS_UNKNOWN);
    _exit(STATUS_UNKNOWN);
}

bool deadline_start(struct deadline *deadline, long seconds)
{
    deadline->seconds = seconds;
    return pthread_create(&deadline->thread, NULL, deadline_wait, deadline) == 0;
}

void deadline_end(struct deadline *deadline)
{
    (void)pthread_cancel(deadline->thread);
    (void)pthread_join(deadline->thread, NULL);
}
