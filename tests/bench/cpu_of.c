/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cpu_of PID PID COMMAND...: runs the command without its output. Prints how much CPU time the two processes used
 * meanwhile, and how long it took, in seconds. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double cpu_of_read_clock(clockid_t clock)
{
    struct timespec now = { 0, 0 };

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    clockid_t clocks[2];
    double before[2], start;
    pid_t child;
    int status;

    if (argc < 4)
        return 2;
    for (int i = 0; i < 2; i++) {
        if (clock_getcpuclockid((pid_t)strtol(argv[1 + i], NULL, 10), &clocks[i])) {
            (void)fprintf(stderr, "cpu_of: no process %s\n", argv[1 + i]);
            return 2;
        }
        before[i] = cpu_of_read_clock(clocks[i]);
    }
    start = cpu_of_read_clock(CLOCK_MONOTONIC);
    child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);

        if (null >= 0 && dup2(null, STDOUT_FILENO) >= 0)
            (void)execvp(argv[3], argv + 3);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        return 1;
    (void)printf("%.6f %.6f %.6f\n", cpu_of_read_clock(clocks[0]) - before[0],
                 cpu_of_read_clock(clocks[1]) - before[1], cpu_of_read_clock(CLOCK_MONOTONIC) - start);
    return 0;
}
