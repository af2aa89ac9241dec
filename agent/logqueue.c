/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/logqueue.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { LINES_MAX = 256 };

struct logqueue_line {
    enum log_level level;
    char *line;
};

struct logqueue {
    pthread_mutex_t lock;
    struct log_sink sink;
    int fd;
    size_t count;
    unsigned dropped;
    struct logqueue_line lines[LINES_MAX];
};

static void logqueue_put(void *data, enum log_level level, const char *line)
{
    struct logqueue *queue = data;
    char *copy = strdup(line);
    uint64_t one = 1;

    (void)pthread_mutex_lock(&queue->lock);
    if (copy && queue->count < LINES_MAX) {
        queue->lines[queue->count++] = (struct logqueue_line){ level, copy };
        copy = NULL;
    } else {
        queue->dropped++;
    }
    (void)pthread_mutex_unlock(&queue->lock);
    free(copy);
    if (write(queue->fd, &one, sizeof(one)) < 0)
        return; /* the descriptor is readable already, and stays so */
}

struct logqueue *logqueue_new(void)
{
    struct logqueue *queue = calloc(1, sizeof(*queue));

    if (!queue)
        return NULL;
    queue->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (queue->fd < 0) {
        free(queue);
        return NULL;
    }
    (void)pthread_mutex_init(&queue->lock, NULL); /* cannot fail for a default mutex */
    queue->sink = (struct log_sink){ logqueue_put, queue };
    return queue;
}

void logqueue_free(struct logqueue *queue)
{
    if (!queue)
        return;
    for (size_t i = 0; i < queue->count; i++)
        free(queue->lines[i].line);
    (void)close(queue->fd);
    (void)pthread_mutex_destroy(&queue->lock);
    free(queue);
}

const struct log_sink *logqueue_sink(struct logqueue *queue)
{
    return &queue->sink;
}

int logqueue_fd(const struct logqueue *queue)
{
    return queue->fd;
}

void logqueue_drain(struct logqueue *queue, void (*write_line)(enum log_level level, const char *line))
{
    struct logqueue_line lines[LINES_MAX];
    unsigned dropped;
    uint64_t wakeups;
    size_t count;
    char text[64];

    if (read(queue->fd, &wakeups, sizeof(wakeups)) < 0)
        wakeups = 0; /* there is no wake-up, but there may be lines */
    (void)pthread_mutex_lock(&queue->lock);
    count = queue->count;
    memcpy(lines, queue->lines, count * sizeof(*lines));
    dropped = queue->dropped;
    queue->count = queue->dropped = 0;
    (void)pthread_mutex_unlock(&queue->lock);
    for (size_t i = 0; i < count; i++) {
        write_line(lines[i].level, lines[i].line);
        free(lines[i].line);
    }
    if (dropped > 0) {
        (void)snprintf(text, sizeof(text), "%u log lines were too many at once and are lost", dropped);
        write_line(LOG_LEVEL_WARNING, text);
    }
}
